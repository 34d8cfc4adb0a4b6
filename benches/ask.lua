-- Asks over HTTP: wrk -t1 -c32 -d10s -s benches/ask.lua http://127.0.0.1:8017
-- DIFFERENT=1 asks every question on another day, so that none was answered before.

local questions = {
  "新增就业多少", "渝中新增就业多少", "全国粮食产量", "上海人均预期寿命", "上海2024年新增就业多少", "海拉尔2017年旅游收入",
  "渝中有几座火山", "青海去年粮食产量", "江西省城镇新增就业", "稳岗补贴一共发了多少钱", "GDP增长多少", "棚户区改造多少户",
}
local is_different = os.getenv("DIFFERENT")
local n = 0

function request()
  n = n + 1
  local body = string.format('{"question":"%s"}', questions[n % #questions + 1])
  if is_different then
    local days = math.floor(n / #questions)
    local year, month, day = 1960 + math.floor(days / 336) % 80, math.floor(days / 28) % 12 + 1, days % 28 + 1
    body = string.format('{"question":"%s","today":"%d-%02d-%02d"}', questions[n % #questions + 1], year, month, day)
  end
  return wrk.format("POST", "/v1/ask", {["Content-Type"] = "application/json"}, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "%.0f requests a second, p50 %.2f ms, p99 %.2f ms, %d errors, %d refused", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
