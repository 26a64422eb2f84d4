// bcoin as a second opinion: an independent implementation of a full node, run in this process with
// its chain in memory.
//
//   bcoin_chain.js make           makes a regtest chain with its own wallet and miner
//   bcoin_chain.js take < HEX     connects the blocks of standard input, one a line in hex, as if
//                                 they had come from the network; their signatures alone are not
//                                 looked at
//
// Both write what bcoin says of the chain, one block a line as JSON. Values and scripts of inputs
// come from bcoin's own record of the coins that each block spent.
'use strict';

process.env.NODE_BACKEND = 'js';

const readline = require('readline');
const {FullNode, Block, TX, Script, wallet} = require('bcoin');
const {thresholdStates} = require('bcoin/lib/blockchain/common');

const MATURE = 432; // where bcoin's regtest switches segregated witness on, too

function makeNode() {
  return new FullNode({
    network: 'regtest',
    memory: true,
    listen: false,
    httpPort: 0, // any: others may run beside this one
    walletHttpPort: 0,
    workers: false,
    maxOutbound: 1,
    plugins: [wallet.plugin]
  });
}

// ---- making a chain -----------------------------------------------------------------------------

class Maker {
  constructor(node) {
    this.node = node;
    this.wdb = node.require('walletdb').wdb;
    this.wallet = this.wdb.primary;
  }

  // Mines on the tip and waits for the wallet to have seen it.
  async mine(count = 1) {
    for (let i = 0; i < count; i++) {
      const block = await this.node.miner.mineBlock(this.node.chain.tip);
      if (!await this.node.chain.add(block)) throw new Error('bcoin refuses its own block');
      while (this.wdb.state.height < this.node.chain.height) {
        await new Promise(resolve => setImmediate(resolve));
      }
    }
  }

  async mineTo(account, count) {
    this.node.miner.addresses = [await this.wallet.receiveAddress(account)];
    await this.mine(count);
  }

  // From the coins of all accounts: transactions mix what they unlock.
  async pay(outputs) {
    return await this.wallet.send({outputs, rate: 20000});
  }

  async accounts() {
    await this.wallet.createAccount({name: 'segwit', witness: true});
    await this.wallet.createAccount({name: 'shared', type: 'multisig', m: 1, n: 1});
    await this.wallet.createAccount({name: 'vault', type: 'multisig', m: 1, n: 1, witness: true});
  }

  // An address of each form that bcoin's wallet has: P2PKH, P2WPKH, P2WPKH inside P2SH, P2SH
  // multisig, P2WSH multisig.
  async forms() {
    return [
      await this.wallet.receiveAddress('default'),
      await this.wallet.receiveAddress('segwit'),
      await this.wallet.nestedAddress('segwit'),
      await this.wallet.receiveAddress('shared'),
      await this.wallet.receiveAddress('vault')
    ];
  }

  async key(account) {
    const address = await this.wallet.receiveAddress(account);
    return (await this.wallet.getKey(address)).publicKey;
  }

  // Bare scripts: a key alone, two of three keys, a note.
  async bareScripts() {
    const keys = [await this.key('default'), await this.key('segwit'), await this.key('shared')];
    await this.pay([
      {script: Script.fromPubkey(keys[0]), value: 2000000},
      {script: Script.fromMultisig(2, 3, keys), value: 3000000},
      {script: Script.fromNulldata(Buffer.from('a note')), value: 0}
    ]);
  }

  async everyday(rounds) {
    for (let round = 0; round < rounds; round++) {
      const forms = await this.forms();
      for (let i = 0; i < 5; i++) {
        await this.pay(forms.map((address, j) => ({address, value: 300000000 + 1000 * i + j})));
      }
      if (round % 3 === 0) await this.bareScripts();
      await this.mine();
    }
  }

  async make() {
    await this.accounts();
    for (const account of ['segwit', 'shared', 'vault', 'default']) await this.mineTo(account, 8);
    await this.mine(MATURE - this.node.chain.height);
    await this.everyday(12);
    // Transactions that spend one another inside one block: each takes
    // all that the wallet has.
    for (let i = 0; i < 8; i++) {
      const value = (await this.wallet.getBalance()).unconfirmed / 2;
      await this.wallet.send({rate: 20000, smart: false, selection: 'all', subtractFee: true,
        outputs: [{address: await this.wallet.receiveAddress('segwit'), value}]});
    }
    await this.mine();
  }
}

// ---- taking one ---------------------------------------------------------------------------------

async function take(node) {
  TX.prototype.verifyAsync = async () => true;
  // Every rule from the first block on, as today's regtest has it.
  node.chain.getState = async () => thresholdStates.ACTIVE;
  Object.assign(node.network.block, {bip34height: 1, bip65height: 1, bip66height: 1});
  let height = 0;
  for await (const line of readline.createInterface({input: process.stdin})) {
    const block = Block.fromRaw(line, 'hex');
    if (!block.verify()) throw new Error(`block ${height} fails bcoin's verify()`);
    if (height++ === 0) continue; // every node has the genesis block
    await node.chain.add(block);
    if (node.chain.tip.hash !== block.hash('hex')) {
      throw new Error(`bcoin does not take block ${height - 1} as its tip`);
    }
  }
}

// ---- what bcoin says ----------------------------------------------------------------------------

function describeOutput(output) {
  const address = output.getAddress();
  return {
    value: output.value,
    script: output.script.toRaw().toString('hex'),
    type: output.getType(),
    address: address && {type: address.getType(), version: address.version,
      hash: address.getHash('hex')}
  };
}

function describeTransaction(tx, view) {
  const inputs = tx.isCoinbase() ? [] : tx.inputs;
  return {
    txid: tx.txid(),
    coinbase: tx.isCoinbase(),
    weight: tx.getWeight(),
    fee: tx.isCoinbase() ? 0 : tx.getFee(view),
    inputs: inputs.map(({prevout}) => ({
      coin: `${prevout.txid()}:${prevout.index}`,
      spent: describeOutput(view.getOutput(prevout))
    })),
    outputs: tx.outputs.map(describeOutput)
  };
}

async function describe(node) {
  for (let height = 0; height <= node.chain.height; height++) {
    const block = await node.chain.getBlock(height);
    const view = await node.chain.getBlockView(block);
    process.stdout.write(JSON.stringify({
      hash: block.rhash(),
      hex: block.toRaw().toString('hex'),
      time: block.time,
      txs: block.txs.map(tx => describeTransaction(tx, view))
    }) + '\n');
  }
}

async function main(verb) {
  const node = makeNode();
  await node.open();
  if (verb === 'make') await new Maker(node).make();
  else if (verb === 'take') await take(node);
  else throw new Error('usage: bcoin_chain.js make|take');
  await describe(node);
  await node.close();
}

main(process.argv[2]).catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
