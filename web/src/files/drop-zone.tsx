/** How files get onto the desk: by the button, or dropped anywhere. */
import { useEffect, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { Icon } from '../shell/icons.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { bytes } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';
import { droppedFiles } from './dropped-files.ts';

/** The button to choose files, large while there is nothing else; files may be dropped anywhere on the page. */
export function DropZone() {
  const { adder, desk, catalogue, chooseFiles, session } = useServices();
  const leftOut = useStore(adder.leftOut);
  const isEmpty = useStore(desk.cards).length === 0;
  const ofPlan = useStore(session.me)?.plan?.uploadBytes ?? Number.POSITIVE_INFINITY;
  const limit = bytes(Math.min(catalogue.limits.maxResumableUploadBytes, ofPlan));
  return (
    <section class={isEmpty ? 'drop drop-large' : 'drop'} aria-label="Add files">
      {isEmpty && <div class="drop-wave" aria-hidden="true" />}
      {isEmpty && <p class="drop-lead">Drop audio or video files anywhere on this page</p>}
      <button type="button" class="button button-main" onClick={chooseFiles}>
        <Icon name={isEmpty ? 'upload' : 'plus'} />
        {isEmpty ? 'Choose files' : 'Add files'}
      </button>
      <p class="quiet">
        {isEmpty
          ? `Add as many as you like, up to ${limit} each. For videos, the sound is converted.`
          : `or drop them anywhere, up to ${limit} each`}
      </p>
      <Trouble of={leftOut} />
      {isEmpty && (
        <p class="quiet drop-formats">
          Output formats:{' '}
          {Object.values(catalogue.outputs)
            .map(({ label }) => label)
            .join(' · ')}
        </p>
      )}
    </section>
  );
}

/** Takes drops on the whole page and shows that it does. */
export function DropAnywhere() {
  const { adder, route } = useServices();
  const [hovering, setHovering] = useState(false);
  useEffect(() => {
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onEnter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setHovering(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setHovering(false);
    };
    const onOver = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      depth = 0;
      setHovering(false);
      if (route.value !== 'convert') location.hash = '#/';
      void droppedFiles(event.dataTransfer).then((brought) => adder.add(brought));
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [adder, route]);
  if (!hovering) return null;
  return (
    <div class="drop-cover" aria-hidden="true">
      <p>Drop to add the files</p>
    </div>
  );
}
