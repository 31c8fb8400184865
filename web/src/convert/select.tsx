/** The one drop-down that all settings use. */
import { useId } from 'preact/hooks';

interface SelectProps {
  readonly label: string;
  /** Told apart by screen readers: each chosen format has the same fields. */
  readonly format: string;
  readonly value: string | number | undefined;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** What leaving it to the server is called. Default "Unchanged". */
  readonly standard?: string;
  /** Takes a line for itself. */
  readonly wide?: boolean;
  readonly onChange: (value: string | undefined) => void;
}

/** A labelled drop-down whose first entry leaves the setting to the server. */
export function Select({
  label,
  format,
  value,
  choices,
  standard = 'Unchanged',
  wide = false,
  onChange,
}: SelectProps) {
  const id = useId();
  return (
    <div class={wide ? 'field field-wide' : 'field'}>
      <label for={id}>
        {label}
        <span class="only-heard"> of {format}</span>
      </label>
      <select
        id={id}
        value={value === undefined ? '' : String(value)}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }
      >
        <option value="">{standard}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}
