/** The upload of one file, and what can be done about it. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { uploadLine } from '../progress/phases.ts';
import { WaveBar } from '../progress/wave-bar.tsx';
import { useServices } from '../services.ts';
import { bytes } from '../text/amounts.ts';
import { isMoving, mayTryAgain } from '../upload/upload-state.ts';
import type { Card } from './card.ts';

interface UploadLineProps {
  readonly card: Card;
  /** Takes the file off the desk. */
  readonly onCancel: () => void;
}

/** How the upload goes and what can be done about it. Nothing once it is done. */
export function UploadLine({ card, onCancel }: UploadLineProps) {
  const { announcer } = useServices();
  const { upload, refusal } = card;
  const done = upload.totalBytes === 0 ? 0 : Math.floor((upload.sentBytes / upload.totalBytes) * 100);
  useEffect(() => {
    if (upload.phase === 'sending' && done > 0) announcer.mention(`${card.name}: ${done} percent uploaded.`);
  }, [done]);
  if (refusal !== undefined) return <Refused card={card} />;
  if (upload.phase === 'done') return null;
  const text = textOf(card);
  return (
    <div class="upload">
      {card.plans.length === 0 && (
        <div class="bar-line">
          <WaveBar
            label={`Upload of ${card.name}`}
            percent={done}
            text={text}
            idle={upload.phase === 'queued'}
          />
          <span class="percent">{done} %</span>
        </div>
      )}
      <div class="upload-foot">
        <p class={upload.phase === 'failed' ? 'line-bad' : 'line'} data-testid="upload-line">
          {text}
        </p>
        <UploadTools card={card} onCancel={onCancel} />
      </div>
    </div>
  );
}

function textOf({ upload }: Card): string {
  const { phase, sentBytes, totalBytes, problem } = upload;
  switch (phase) {
    case 'queued':
      return 'Waiting for its turn to upload';
    case 'preparing':
      return 'Getting ready to upload';
    case 'finishing':
      return 'Uploaded; the server is putting it together';
    case 'paused':
      return `Paused at ${bytes(sentBytes)} of ${bytes(totalBytes)}`;
    case 'waiting':
      if (problem?.isLimit) return `${problem.message} The upload then continues by itself.`;
      return `Upload interrupted at ${bytes(sentBytes)} of ${bytes(totalBytes)}. It continues by itself as soon as the server answers.`;
    case 'failed':
      return problem?.message ?? 'The upload failed.';
    case 'needsFile':
      return sentBytes > 0
        ? `${bytes(sentBytes)} of ${bytes(totalBytes)} uploaded. Choose the same file again to send the rest.`
        : 'The upload had not started. Choose the file again.';
    default:
      return uploadLine(upload);
  }
}

function UploadTools({ card, onCancel }: UploadLineProps) {
  const { desk, chooseFiles } = useServices();
  const { phase } = card.upload;
  const choose = async () => {
    if (card.canReopen !== true || !(await desk.reopen(card.id))) chooseFiles();
  };
  return (
    <div class="tools">
      {phase === 'needsFile' && (
        <Tool onClick={() => void choose()} name={card.name}>
          {card.canReopen ? 'Continue' : 'Choose the file'}
        </Tool>
      )}
      {isMoving(phase) && phase !== 'finishing' && phase !== 'queued' && (
        <Tool onClick={() => desk.pause(card.id)} name={card.name}>
          Pause
        </Tool>
      )}
      {phase === 'paused' && (
        <Tool onClick={() => desk.resume(card.id)} name={card.name}>
          Resume
        </Tool>
      )}
      {phase === 'failed' && mayTryAgain(card.upload) && (
        <Tool onClick={() => desk.resume(card.id)} name={card.name}>
          Try again
        </Tool>
      )}
      <Tool onClick={onCancel} name={card.name}>
        Cancel
      </Tool>
    </div>
  );
}

/** A small button whose words are completed with the file's name for those who hear it alone. */
function Tool({
  onClick,
  name,
  children,
}: {
  onClick: () => void;
  name: string;
  children: ComponentChildren;
}) {
  return (
    <button type="button" class="button button-small" onClick={onClick}>
      {children}
      <span class="only-heard"> {name}</span>
    </button>
  );
}

function Refused({ card }: { readonly card: Card }) {
  const { desk } = useServices();
  if (card.refusal === undefined) return null;
  return (
    <div class="failed">
      <p>{card.refusal.message}</p>
      {card.refusal.mayInsist && (
        <button type="button" class="button" onClick={() => desk.insist(card.id)}>
          Upload it anyway
        </button>
      )}
    </div>
  );
}
