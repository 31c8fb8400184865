/**
 * List prices of AWS Fargate, Linux, us-east-1, in US dollars, as published in 2026 (aws.amazon.com/fargate/pricing;
 * unchanged for years). Spot prices move: AWS says "up to 70 %" below; 60 % below is an estimate.
 */
export const PRICES_AS_OF = '2026-06';
const SPOT_SHARE = 0.4;

export interface Price {
  readonly name: string;
  readonly vcpuHour: number;
  readonly gbHour: number;
}

export const prices = {
  armSpot: { name: 'ARM64 Spot', vcpuHour: 0.03238 * SPOT_SHARE, gbHour: 0.00356 * SPOT_SHARE },
  arm: { name: 'ARM64 On-Demand', vcpuHour: 0.03238, gbHour: 0.00356 },
  x86Spot: { name: 'x86 Spot', vcpuHour: 0.04048 * SPOT_SHARE, gbHour: 0.004445 * SPOT_SHARE },
  x86: { name: 'x86 On-Demand', vcpuHour: 0.04048, gbHour: 0.004445 },
} as const satisfies Record<string, Price>;

/** Fargate's smallest memory for one vCPU is 2 GB; a conversion is allowed 1.5 GB of address space. */
const GB_PER_VCPU = 2;

/** Dollars for one task with that many vCPU over that many hours. */
export function cost({ vcpuHour, gbHour }: Price, vcpus: number, taskHours: number): number {
  return taskHours * vcpus * (vcpuHour + GB_PER_VCPU * gbHour);
}
