// Compiles world.sol: {contract: {code, methods: {signature: selector}}} on standard output.
const fs = require("fs");
const path = require("path");
const solc = require("solc");

const source = fs.readFileSync(path.join(__dirname, "world.sol"), "utf8");
const output = JSON.parse(solc.compile(JSON.stringify({
  language: "Solidity",
  sources: { "world.sol": { content: source } },
  settings: {
    evmVersion: "paris",
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } },
  },
})));
for (const problem of output.errors ?? []) {
  if (problem.severity === "error") {
    process.stderr.write(problem.formattedMessage);
    process.exit(1);
  }
}
const contracts = {};
for (const [name, contract] of Object.entries(output.contracts["world.sol"])) {
  contracts[name] = {
    code: contract.evm.bytecode.object,
    methods: contract.evm.methodIdentifiers,
  };
}
process.stdout.write(JSON.stringify(contracts));
