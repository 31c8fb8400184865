/**
 * Taking turns in Redis, each step as one script, so that no two workers get the same job of the board. All keys are in
 * one slot (`{turns}`), also those that a script finds only while it runs.
 *
 * - `{turns}:owners`, sorted: who has jobs on the board, by when they last had a turn (epoch ms).
 * - `{turns}:jobs`, a hash: whose each job is.
 * - `{turns}:of:OWNER`, sorted: an owner's jobs, by when they came; 0 for one that no message of its own may run, since
 *   that was used for another's, or waits at the end of the queue for a job that has been at work before.
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

/**
 * ARGV: job, owner, epoch ms, seconds until all is forgotten, its place among its owner's (that time, or 0). Who is there
 * already comes no later for it. Who had no job on the board is next.
 */
export const addTurn = `
local list = '${KEYS.listPrefix}' .. ARGV[2]
redis.call('HSET', '${KEYS.jobs}', ARGV[1], ARGV[2])
redis.call('ZADD', list, 'LT', ARGV[5], ARGV[1])
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
    -- Jobs without a message of their own come first; else the message runs the job that it names.
    if best == owner and tonumber(first[2]) > 0 then taken = named end
    if owner and taken ~= named then redis.call('ZADD', '${KEYS.listPrefix}' .. owner, 'XX', 0, named) end
    return takeOff(list, best, taken, now)
  end
  redis.call('ZREM', '${KEYS.owners}', best)
end`;

/**
 * Takes a job off the board that no message of its own may run, of the 100 owners at most whose turn is next. ARGV: epoch
 * ms. Answers false when there is none.
 */
export const takeStray = `${TAKE_OFF}
for _, owner in ipairs(redis.call('ZRANGE', '${KEYS.owners}', 0, 99)) do
  local list = '${KEYS.listPrefix}' .. owner
  local first = redis.call('ZRANGE', list, 0, 0, 'WITHSCORES')
  if first[1] and tonumber(first[2]) == 0 then return takeOff(list, owner, first[1], ARGV[1]) end
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
