// A node's word, by ZMQ, that there is a new block or transaction. It only wakes us up: what is new
// is asked for over RPC, so a notification that is lost costs one polling interval.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tracehound::chains::bitcoin {

// `clock`, whose wait() also ends when the node at `endpoint` ("tcp://127.0.0.1:28332") publishes
// hashblock, hashtx or rawtx (its options -zmqpubhashblock, -zmqpubhashtx, -zmqpubrawtx). A node
// that is not there, or goes away, is connected to when it comes.
// Errors (usage): no such endpoint can be.
Result<std::unique_ptr<Clock>> listen_to_node(SystemClock& clock, const std::string& endpoint);

}  // namespace tracehound::chains::bitcoin
