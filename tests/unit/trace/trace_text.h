// Traces as short lines, by the names of a toy chain, for tests to compare.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/toy_chain.h"
#include "trace/trace.h"

namespace tracehound::test {

// One line each, in the trace's order:
//   seed c:0 claimed 50 effective 50 label 1
//   held t:1 20 hops 1 label 1
//   service Exchange t:0 30 hops 1 label 1
//   fees 5 label 1            (poison: fees reached)
std::vector<std::string> lines_of_trace(const ToyChain& chain, const trace::Trace& trace);

// "a:0 t:fee": where a parcel comes from and goes to.
std::string parcel_ends(const ToyChain& chain, const trace::Parcel& parcel);

// "c:0 t:1[2,5)=2": seeds, each with its label after '=', or label 1. Throws on an Error.
std::vector<trace::Seed> seeds_of(const ToyChain& chain, std::string_view text);

// "mixer=Mixer exchange1=Exchange": the addresses of services, all of category "service".
trace::Stops stops_of(const ToyChain& chain, std::string_view text);

// Throws std::runtime_error with the Error's message.
trace::Trace trace_of(const ToyChain& chain, std::string_view seeds, trace::MethodKind method,
                      std::string_view services = "", const trace::Options& options = {});

}  // namespace tracehound::test
