/**
 * Taking turns in Redis, each step as one script, so that no two workers get the same job of the board. All keys are in
 * one slot (`{turns}`), also those that a script finds only while it runs.
 *
 * - `{turns}:owners`, sorted: who has jobs on the board, by when they last had a turn (epoch ms).
 * - `{turns}:jobs`, a hash: whose each job is.
 * - `{turns}:of:OWNER`, sorted: an owner's jobs, by when they came (epoch ms). Before these, below 0 (a version before wrote
 *   0), strays: whose message was used for another's, by when they came, and before them those that came back, by when
 *   they did, since their own message may be the last of all. Any message runs a stray.
 * - `{turns}:waiting`, sorted: all of them, by when they came: who has waited longest is asked every 20 s. Workers of a
 *   version before know nothing of it, and take no job out of it: it is believed only where `{turns}:jobs` agrees.
 */

const KEYS = {
  owners: '{turns}:owners',
  jobs: '{turns}:jobs',
  waiting: '{turns}:waiting',
  listPrefix: '{turns}:of:',
};

/** The keys that every script uses: named to Redis, and so in the log. */
export const turnKeys: readonly string[] = [KEYS.owners, KEYS.jobs, KEYS.waiting];

/** Subtracted from an epoch of today it is below 0, and twice subtracted below that: good for the next 250 years. */
const STRAY_MS = 10_000_000_000_000;

/** Where a job stands in its owner's list that comes now (epoch ms), and one that comes back now. */
export const placeOf = {
  newcomer: (nowMs: number): number => nowMs,
  returned: (nowMs: number): number => nowMs - 2 * STRAY_MS,
} as const;

/**
 * ARGV: job, owner, epoch ms, seconds until all is forgotten, its place. Who is there already comes no later for it. Who had
 * no job on the board is next. (`ZADD LT` would want Redis 6.2.)
 */
export const addTurn = `
local list = '${KEYS.listPrefix}' .. ARGV[2]
redis.call('HSET', '${KEYS.jobs}', ARGV[1], ARGV[2])
local place = redis.call('ZSCORE', list, ARGV[1])
if not place or tonumber(place) > tonumber(ARGV[5]) then redis.call('ZADD', list, ARGV[5], ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', '${KEYS.waiting}', '-inf', ARGV[3] - 1000 * ARGV[4])
redis.call('ZADD', '${KEYS.waiting}', 'NX', ARGV[3], ARGV[1])
redis.call('ZADD', '${KEYS.owners}', 'NX', ARGV[3] - 86400000, ARGV[2])
for _, key in ipairs({ list, '${KEYS.jobs}', '${KEYS.owners}', '${KEYS.waiting}' }) do redis.call('EXPIRE', key, ARGV[4]) end
return 1`;

/** ARGV: job, owner. */
export const removeTurn = `
local list = '${KEYS.listPrefix}' .. ARGV[2]
redis.call('HDEL', '${KEYS.jobs}', ARGV[1])
redis.call('ZREM', '${KEYS.waiting}', ARGV[1])
redis.call('ZREM', list, ARGV[1])
if redis.call('ZCARD', list) == 0 then redis.call('ZREM', '${KEYS.owners}', ARGV[2]) end
return 1`;

/** What a script does to take a job off: its list, whose it is, the job, epoch ms. */
const TAKE_OFF = `
local function takeOff(list, owner, taken, now)
  redis.call('ZREM', list, taken)
  redis.call('ZREM', '${KEYS.waiting}', taken)
  redis.call('HDEL', '${KEYS.jobs}', taken)
  if redis.call('ZCARD', list) == 0 then redis.call('ZREM', '${KEYS.owners}', owner)
  else redis.call('ZADD', '${KEYS.owners}', now, owner) end
  return taken
end`;

/**
 * Takes a job off the board: of the owner whose last turn was longest ago. ARGV: the job that the message names, or
 * nothing; epoch ms. Answers false when the board is empty or does not have the named job.
 */
export const takeTurn = `${TAKE_OFF}
local named, now = ARGV[1], ARGV[2]
local owner = named ~= '' and redis.call('HGET', '${KEYS.jobs}', named)
if named ~= '' and not owner then return false end
while true do
  local best = redis.call('ZRANGE', '${KEYS.owners}', 0, 0)[1]
  if not best then return false end
  local list = '${KEYS.listPrefix}' .. best
  local first = redis.call('ZRANGE', list, 0, 0, 'WITHSCORES')
  if first[1] then
    local taken = first[1]
    -- Strays come first; else the message runs the job that it names.
    if best == owner and tonumber(first[2]) > 0 then taken = named end
    if owner and taken ~= named then
      local of = '${KEYS.listPrefix}' .. owner
      local place = tonumber(redis.call('ZSCORE', of, named) or 0)
      if place > 0 then redis.call('ZADD', of, string.format('%.0f', place - ${STRAY_MS}), named) end
    end
    return takeOff(list, best, taken, now)
  end
  redis.call('ZREM', '${KEYS.owners}', best)
end`;

/**
 * Takes the job off the board whose turn it is, if there is a stray among those of the 100 owners who are next. ARGV: epoch
 * ms. Answers false when there is none: then each that waits has a message of its own.
 */
export const takeForStray = `${TAKE_OFF}
local next
for _, owner in ipairs(redis.call('ZRANGE', '${KEYS.owners}', 0, 99)) do
  local first = redis.call('ZRANGE', '${KEYS.listPrefix}' .. owner, 0, 0, 'WITHSCORES')
  if first[1] then
    next = next or { owner, first[1] }
    if tonumber(first[2]) <= 0 then return takeOff('${KEYS.listPrefix}' .. next[1], next[1], next[2], ARGV[1]) end
  end
end
return false`;

/**
 * Who came first, in front. ARGV: how many. Who is on the board no more is left out and forgotten, 100 times as many at
 * most: a fleet whose old workers have taken more since the last look is asked again in 20 s.
 */
export const longestWaiting = `
for _ = 1, 100 do
  local first = redis.call('ZRANGE', '${KEYS.waiting}', 0, ARGV[1] - 1)
  if #first == 0 then return first end
  local gone = {}
  for place, owner in ipairs(redis.call('HMGET', '${KEYS.jobs}', unpack(first))) do
    if not owner then gone[#gone + 1] = first[place] end
  end
  if #gone == 0 then return first end
  redis.call('ZREM', '${KEYS.waiting}', unpack(gone))
end
return {}`;

/** ARGV: jobs that do not wait, whatever the board has. */
export const notWaiting = `return redis.call('ZREM', '${KEYS.waiting}', unpack(ARGV))`;
