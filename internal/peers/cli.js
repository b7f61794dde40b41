'use strict';
// What smsc.js and esme.js share: options, log lines, the library.

const { parseArgs } = require('node:util');

// The library lives outside the repository (SMPP_MODULES, or NODE_PATH), so
// that no node_modules is ever near the sources.
function loadSMPP() {
  const dir = process.env.SMPP_MODULES;
  return require(dir ? `${dir}/smpp` : 'smpp');
}

// options maps a flag to [default, help]. A default that is an array makes the
// flag repeatable, a number makes it numeric (0x.. is read too), false a switch.
function readOptions(name, options) {
  const config = { help: { type: 'boolean' } };
  for (const [flag, [def]] of Object.entries(options)) {
    config[flag] = { type: def === false ? 'boolean' : 'string', multiple: Array.isArray(def) };
  }
  let given;
  try {
    given = parseArgs({ options: config }).values;
  } catch (err) {
    fail(`${name}: ${err.message}`);
  }
  if (given.help) {
    console.log(`usage: node ${name} [flags]`);
    for (const [flag, [def, help]] of Object.entries(options)) {
      const shown = def === false || def.length === 0 ? '' : ` (${def})`;
      console.log(`  --${flag.padEnd(22)} ${help}${shown}`);
    }
    process.exit(0);
  }
  const out = {};
  for (const [flag, [def]] of Object.entries(options)) {
    const key = flag.replace(/-(.)/g, (_, c) => c.toUpperCase());
    const value = given[flag] ?? def;
    out[key] = typeof def === 'number' ? Number(value) : value;
    if (Number.isNaN(out[key])) fail(`${name}: --${flag} wants a number, not ${value}`);
  }
  return out;
}

// One JSON object a line: what a test waits for or counts. Never a password.
function event(name, details = {}) {
  console.log(JSON.stringify({ event: name, ...details }));
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports = { loadSMPP, readOptions, event, fail, sleep };
