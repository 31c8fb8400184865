/** A labelled field for a word or a time, with an example below it until something is wrong with what it holds. */

interface TextFieldProps {
  /** Its id, too: one of each on the page. */
  readonly name: string;
  readonly label: string;
  /** What holds while nothing is typed. */
  readonly hint: string;
  readonly example?: string;
  readonly value: string;
  /** Most characters that can be typed. Default: as many as one likes. */
  readonly most?: number;
  /** Takes a line for itself. Default false. */
  readonly wide?: boolean;
  /** What is wrong, for the field of that name. */
  readonly problem: { readonly field: string; readonly message: string } | undefined;
  readonly onInput: (value: string) => void;
  readonly onFocus: (name: string) => void;
  readonly onBlur: () => void;
}

/** See {@link TextFieldProps}. */
export function TextField(props: TextFieldProps) {
  const { name, label, hint, example, value, most, wide, problem, onInput, onFocus, onBlur } = props;
  const message = problem?.field === name ? problem.message : undefined;
  const help = message ?? example;
  return (
    <div class={wide === true ? 'field field-wide' : 'field'}>
      <label for={name}>{label}</label>
      <input
        id={name}
        type="text"
        inputMode="text"
        autocomplete="off"
        maxLength={most}
        placeholder={hint}
        value={value}
        aria-invalid={message !== undefined}
        aria-describedby={help === undefined ? undefined : `${name}-help`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onFocus={() => onFocus(name)}
        onBlur={onBlur}
      />
      {help !== undefined && (
        <p id={`${name}-help`} class={message === undefined ? 'quiet' : 'field-problem'}>
          {help}
        </p>
      )}
    </div>
  );
}
