/** Whether the container suite can run here without fetching anything. */
import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from 'testcontainers';
import { type Images, imagesFrom } from './images.ts';

/** Why not, in one sentence; undefined when a Docker engine answers and has the images. Never pulls. */
export async function containersUnavailable(
  images: Images = imagesFrom(process.env),
): Promise<string | undefined> {
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
  } catch {
    return 'no Docker engine answers';
  }
  for (const image of Object.values(images)) {
    if (!(await client.image.exists(ImageName.fromString(image)))) {
      return `the image ${image} is not here and is not fetched unasked: docker pull ${image}`;
    }
  }
  return undefined;
}
