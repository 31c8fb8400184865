/**
 * What an owner holds, in Redis, each step as one script. KEYS[1], sorted: the members by when they are forgotten (epoch
 * ms); KEYS[2], a hash: what each weighs, and under `*` what all weigh together.
 */

const forget = `
local function forget(member)
  local weight = redis.call('HGET', KEYS[2], member)
  redis.call('ZREM', KEYS[1], member)
  if not weight then return end
  redis.call('HDEL', KEYS[2], member)
  -- Redis takes no -0.
  if weight ~= '0' then redis.call('HINCRBY', KEYS[2], '*', '-' .. weight) end
end
`;

/**
 * ARGV: member, weight, the most that all may weigh, epoch ms, when this one is forgotten. Answers whether it is held,
 * and what all weigh. A member that is held already stays as it is.
 */
export const holdOne = `${forget}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[4], 'LIMIT', 0, 100)) do forget(member) end
local sum = tonumber(redis.call('HGET', KEYS[2], '*') or '0')
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { 1, sum } end
if sum + tonumber(ARGV[2]) > tonumber(ARGV[3]) then return { 0, sum } end
redis.call('ZADD', KEYS[1], ARGV[5], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], '*', ARGV[2])
for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, ARGV[5]) end
return { 1, sum + tonumber(ARGV[2]) }`;

/**
 * ARGV: when the keys go (epoch ms), then member, weight and when it is forgotten, of each. They are held whatever all weigh.
 * A member that is held already stays as it is.
 */
export const takeOver = `
for at = 2, #ARGV, 3 do
  if not redis.call('ZSCORE', KEYS[1], ARGV[at]) then
    redis.call('ZADD', KEYS[1], ARGV[at + 2], ARGV[at])
    redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
    redis.call('HINCRBY', KEYS[2], '*', ARGV[at + 1])
  end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, ARGV[1]) end
return 1`;

/** ARGV: the members to let go of. With the last one nothing is left of its owner. */
export const letGo = `${forget}
for _, member in ipairs(ARGV) do forget(member) end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[2]) end
return 1`;
