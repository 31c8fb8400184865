/**
 * The one way in which a report gets into Redis: guard, write and publish in one round trip, as a script.
 *
 * KEYS[1] is the job's progress key; ARGV are the report as JSON, seconds until it is forgotten, and the channel. The
 * script answers 1 when the report was stored.
 *
 * - A report of an older attempt is not stored; a later attempt starts from the percent already shown.
 * - After the job's end only a report of an attempt that began later is stored: such a job was deleted and made anew.
 * - Junk under the key counts as nothing.
 */
export const guardedWrite = `
local report = cjson.decode(ARGV[1])
local raw = redis.call('GET', KEYS[1])
local readable, held = pcall(cjson.decode, raw or '')
if readable and type(held) == 'table' then
  if type(held.endedAt) == 'number' then
    if type(report.startTime) ~= 'number' or report.startTime <= held.endedAt then return 0 end
  elseif type(held.attempt) == 'number' and type(held.percent) == 'number' then
    if held.attempt > report.attempt then return 0 end
    if held.percent > report.percent and held.percent <= 99 then report.percent = held.percent end
  end
end
local json = cjson.encode(report)
redis.call('SET', KEYS[1], json, 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], json)
return 1`;
