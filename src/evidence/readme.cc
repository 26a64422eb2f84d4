// README.txt of a bundle: for a reader who has nothing else.
#include <fmt/format.h>

#include "evidence/make.h"

namespace tracehound::evidence {

std::string readme_text(const chains::bitcoin::Network& network) {
  std::string text = fmt::format(
      "EVIDENCE OF A TRACE OF STOLEN COINS on {}\n"
      "\n"
      "Everything the trace rests on is in this folder, so that it can be run again without\n"
      "its author, a ledger or a network, by either of two programs that share no code:\n"
      "\n"
      "  tracehound verify FOLDER          the program that made it\n"
      "  python3 verify.py FOLDER          plain Python, to be read first, as is coin_trace.py,\n"
      "                                    which lies beside it\n"
      "\n"
      "README.txt        this text\n"
      "SHA256SUMS        the SHA-256 of every file; `sha256sum -c SHA256SUMS` checks them\n"
      "bundle.json       what was asked, the seeds, where the trace stops and why\n"
      "headers.bin       block headers, 80 bytes each: a chain of hashes with its work\n"
      "incident.yaml     the theft, as it was reported\n"
      "result.csv        where every unit is, a row for each coin\n"
      "result.json       the same with more words\n"
      "signature.txt     who answers for it, if anybody signed: Ed25519 over SHA256SUMS\n"
      "tags.json         who says of which address whose it is\n"
      "transactions.bin  transactions as they were mined, each with its Merkle branch\n"
      "\n"
      "docs/evidence.md of tracehound has the form of each file, byte by byte.\n"
      "\n"
      "WHAT IT CANNOT PROVE\n",
      network.chain);
  text +=
      "\n"
      "- That this is the chain everybody follows: compare the tip's hash with any node.\n"
      "- That a held coin is unspent at the tip, or that the incident's addresses received\n"
      "  no other coins: what is not there has no proof. Ask a node.\n"
      "- That a tag is right: it is its author's claim, shown with file and line.\n"
      "- What witnesses hold: a txid is the hash of a transaction without them.\n";
  if (network.mweb) text += "- What is in extension blocks (MWEB): no header's root covers it.\n";
  return text;
}

}  // namespace tracehound::evidence
