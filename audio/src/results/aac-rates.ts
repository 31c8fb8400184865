/** Sample rates of AAC by the number that stands for them (ISO 14496-3 §1.6.3.3), in Hz. */
const rates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/** Undefined for numbers that stand for none. */
export function aacRate(index: number): number | undefined {
  return rates[index];
}
