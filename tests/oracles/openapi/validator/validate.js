// Judges exchanges by OpenAPI documents, in one run: node validate.js FOLDER GLOB…
//
// In, one line each:  {"liveRequest": {…}, "liveResponse": {…} | null}
// Out, one line each: {"operation": "Subnets_Get", "request": [finding…], "response": [finding…]}
// where a finding is {"code", "path", "message"}, and the operation is null where no document has it.

"use strict";

const { createInterface } = require("node:readline");
const { LiveValidator } = require("oav");

const [directory, ...swaggerPathsPattern] = process.argv.slice(2);

const options = {
  directory,
  swaggerPathsPattern,
  excludedSwaggerPathsPattern: [],
  git: { shouldClone: false },
  checkUnderFileRoot: false, // else a document that refers to common types is left out without a word
  isArmCall: true,
  isPathCaseSensitive: false,
  loadValidatorInBackground: false,
  loadValidatorInInitialize: true,
};

function findings({ errors, runtimeException }) {
  const found = errors.flatMap(({ code, pathsInPayload, message }) => {
    const paths = pathsInPayload?.length ? pathsInPayload : [""];
    return paths.map((path) => ({ code, path, message }));
  });
  return runtimeException ? [...found, { code: runtimeException.code, path: "", message: runtimeException.message }] : found;
}

async function judge(validator, { liveRequest, liveResponse }) {
  const request = await validator.validateLiveRequest(liveRequest);
  const { operationId } = request.operationInfo;
  const operation = operationId === "unknownOperationId" ? null : operationId;
  const response = operation && liveResponse ? await validator.validateLiveResponse(liveResponse, liveRequest) : { errors: [] };
  return { operation, request: findings(request), response: findings(response) };
}

async function main() {
  const validator = new LiveValidator(options, () => {}); // what it would log is in its verdicts
  await validator.initialize();
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await judge(validator, JSON.parse(line)))}\n`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
