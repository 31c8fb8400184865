/** Where the user writes tags into results, leaves some out, and gives them a cover. */
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { MOST_CHARACTERS, type TagField, tagFields } from './new-tags.ts';
import { TextField } from './text-field.tsx';

/** What each field of the fold is given. */
interface Typed {
  readonly problem: { readonly field: string; readonly message: string } | undefined;
  readonly onFocus: (name: string) => void;
  readonly onBlur: () => void;
}

const fields = Object.entries(tagFields) as [TagField, string][];

/** The fields of the common tags, and one for names of tags that go. */
export function TagOptions(typed: Typed) {
  const { choice } = useServices();
  const { newTags, removeTags } = useStore(choice).shared;
  return (
    <fieldset class="group">
      <legend>Write tags</legend>
      <div class="fields">
        {fields.map(([field, label]) => (
          <TextField
            key={field}
            name={`tag-${field}`}
            label={label}
            hint="unchanged"
            value={newTags[field] ?? ''}
            most={MOST_CHARACTERS}
            {...typed}
            onInput={(text) =>
              choice.update((held) => ({
                ...held,
                shared: { ...held.shared, newTags: { ...held.shared.newTags, [field]: text } },
              }))
            }
          />
        ))}
        <TextField
          name="removeTags"
          label="Tags to leave out"
          hint="none"
          example="names separated by commas, such as comment, lyrics"
          value={removeTags}
          wide
          {...typed}
          onInput={(text) =>
            choice.update((held) => ({ ...held, shared: { ...held.shared, removeTags: text } }))
          }
        />
      </div>
    </fieldset>
  );
}

/** The picture: chosen, on its way, there, or refused. */
export function CoverField() {
  const { choice, cover } = useServices();
  const { newCover } = useStore(choice).shared;
  const refused = newCover?.phase === 'refused';
  return (
    <div class="field">
      <label for="newCover">New cover picture</label>
      <input
        // A field of files keeps what was chosen last: a new one for each choice begins empty.
        key={newCover === undefined ? 'none' : 'some'}
        id="newCover"
        type="file"
        accept="image/jpeg,image/png"
        aria-invalid={refused}
        aria-describedby="newCover-help"
        onChange={({ currentTarget }) => {
          const [picture] = currentTarget.files ?? [];
          if (picture !== undefined) void cover.choose(picture);
        }}
      />
      <p id="newCover-help" class={refused ? 'field-problem' : 'quiet'}>
        {newCover === undefined && 'JPEG or PNG, up to 8 MB'}
        {newCover?.phase === 'sending' && `${newCover.name} is uploading`}
        {newCover?.phase === 'ready' && `${newCover.name} will be the cover`}
        {newCover?.phase === 'refused' && `${newCover.name}: ${newCover.message}`}
      </p>
      {newCover !== undefined && (
        <p>
          <button type="button" class="button button-small" onClick={() => cover.drop()}>
            Remove the new cover
          </button>
        </p>
      )}
    </div>
  );
}
