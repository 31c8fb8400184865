/** Live progress of many jobs: bars that are redrawn in a terminal, plain lines at each quarter elsewhere. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';

const WIDTH = 30;

export class Bars {
  readonly #out: NodeJS.WriteStream;
  readonly #rows = new Map<string, { label: string; view: ProgressView | undefined; quarter: number }>();
  #drawn = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  add(jobId: string, label: string): void {
    this.#rows.set(jobId, { label, view: undefined, quarter: -1 });
    this.#draw();
  }

  update(view: ProgressView): void {
    const row = this.#rows.get(view.jobId);
    if (row === undefined) return;
    row.view = view;
    if (this.#out.isTTY) {
      this.#draw();
      return;
    }
    const quarter = view.progress < 0 ? 5 : Math.floor(view.progress / 25);
    if (quarter === row.quarter) return;
    row.quarter = quarter;
    this.#out.write(`${row.label}: ${text(view)}\n`);
  }

  #draw(): void {
    if (!this.#out.isTTY) return;
    const lines = [...this.#rows.values()].map(({ label, view }) => {
      const done = Math.round((Math.max(0, view?.progress ?? 0) / 100) * WIDTH);
      return `\u001b[2K${label.padEnd(24).slice(0, 24)} ${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${text(view)}`;
    });
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    this.#out.write(`${up}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

function text(view: ProgressView | undefined): string {
  if (view === undefined) return 'waiting';
  if (view.progress < 0) return `${view.status} (${view.errorCode ?? 'no reason given'})`;
  const speed =
    view.speed === null || view.step !== 'convert' ? '' : ` · ${view.speed.toFixed(0)}× real time`;
  return `${view.progress.toFixed(0)} % ${view.stage}${speed}`;
}
