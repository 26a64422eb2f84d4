// bcoin as a node to follow: regtest, its chain on disk, JSON-RPC behind a key.
//
//   bcoin_server.js PORT KEY FOLDER     writes a line once it can be asked; SIGKILL ends it
'use strict';

process.env.NODE_BACKEND = 'js';

const {FullNode} = require('bcoin');

async function main(port, key, folder) {
  const node = new FullNode({
    network: 'regtest',
    memory: false,
    prefix: folder,
    listen: false,
    httpPort: Number(port),
    apiKey: key,
    workers: false,
    maxOutbound: 1
  });
  await node.ensure();
  await node.open();
  console.log(`ready at height ${node.chain.height}`);
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
