#!/usr/bin/env bash
# Told by "Retry-After: 2592000" to come again in thirty days, four clients for Node.js come again at once, until they have no
# tries left; told to come again in ten minutes, they wait.
#
# Versions: npm got 14.6.6, axios-retry 4.5.0 with axios 1.21.1, @azure/core-rest-pipeline 1.24.0, @slack/web-api 8.2.0;
#           for comparison ky 1.14.3, undici 7.30.2, @microsoft/microsoft-graph-client 3.0.7. Node.js 20. Seen on
#           2026-12-01.
#
# A quota for a month is used up. The server answers each GET with 429 and a Retry-After in seconds, and counts what arrives
# in the eight seconds after the first.
#
# Likely guess: who honours Retry-After waits, or gives up if that is too long for it. The longer the wait that a server asks
#   for, the fewer calls it sees.
# What happens: setTimeout takes at most 2,147,483,647 ms, which is not quite 25 days, and makes 1 ms of anything longer. Of these
#   only ky has thought of it. So the tries are gone in a moment, and what is reported in the end is the 429; Slack's client
#   has logged "Will retry in 2592000 seconds" before each. undici and Microsoft's client are safe, since they never wait
#   longer than 30 and 180 seconds, whatever the server says.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
Retry-After: 600
  got                                waits
  axios-retry                        waits
  @azure/core-rest-pipeline          waits
  @slack/web-api                     waits
  ky                                 waits
  undici                             waits
  @microsoft/microsoft-graph-client  waits
Retry-After: 2592000
  got                                comes again
  axios-retry                        comes again
  @azure/core-rest-pipeline          comes again
  @slack/web-api                     comes again
  ky                                 waits
  undici                             waits
  @microsoft/microsoft-graph-client  waits
END

npm install --silent --no-audit --no-fund --prefix . got@14.6.6 axios@1.21.1 axios-retry@4.5.0 ky@1.14.3 undici@7.30.2 \
    @azure/core-rest-pipeline@1.24.0 @slack/web-api@8.2.0 @microsoft/microsoft-graph-client@3.0.7 >/dev/null

cat >ask.mjs <<'END'
import { createServer } from "node:http";
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import { Client } from "@microsoft/microsoft-graph-client";
import { LogLevel, WebClient } from "@slack/web-api";
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import { Agent, request, RetryAgent } from "undici";

const clients = {
  "got": (url) => got(url),
  "axios-retry": (url) => {
    const client = axios.create({ proxy: false });
    const retryCondition = (error) => error.response?.status === 429;
    axiosRetry(client, { retries: 3, retryCondition, retryDelay: axiosRetry.exponentialDelay });
    return client.get(url);
  },
  "@azure/core-rest-pipeline": (url) =>
    createPipelineFromOptions({}).sendRequest(
      createDefaultHttpClient(),
      createPipelineRequest({ url, allowInsecureConnection: true }),
    ),
  "@slack/web-api": (url) =>
    new WebClient("t", { slackApiUrl: `${url}/`, logLevel: LogLevel.ERROR, retryConfig: { retries: 3 } }).users.list(),
  "ky": (url) => ky(url),
  "undici": (url) => request(url, { dispatcher: new RetryAgent(new Agent()) }),
  "@microsoft/microsoft-graph-client": (url) =>
    Client.init({
      baseUrl: `${url}/`,
      customHosts: new Set(["127.0.0.1"]),
      authProvider: (done) => done(null, "t"),
    }).api("/users").get(),
};

for (const seconds of ["600", "2592000"]) {
  console.log("Retry-After:", seconds);
  const counted = await Promise.all(
    Object.values(clients).map(async (ask) => {
      let arrived = 0;
      const server = createServer((incoming, answer) => {
        arrived += 1;
        answer.writeHead(429, { "Retry-After": seconds, "Content-Type": "application/json" });
        answer.end('{"error":{"code":"tooManyRequests","message":"The quota of the month is used up."}}');
      });
      await new Promise((done) => server.listen(0, "127.0.0.1", done));
      ask(`http://127.0.0.1:${server.address().port}`).catch(() => {});
      while (arrived === 0) await new Promise((done) => setTimeout(done, 50));
      await new Promise((done) => setTimeout(done, 8000));
      return arrived;
    }),
  );
  Object.keys(clients).forEach((name, index) => {
    console.log(`  ${name.padEnd(33)}  ${counted[index] === 1 ? "waits" : "comes again"}`);
  });
}
process.exit();
END

unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
node ask.mjs 2>/dev/null | tee SEEN
diff EXPECTED SEEN
