// Asking for memory before it is needed.
#pragma once

namespace tracehound {

// Starts fetching the cache line that holds this address; any address may be asked for. g++ takes a
// function that does nothing but __builtin_prefetch() for one without effect, and leaves out the
// calls of it; the empty statement is an effect.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("" : : "r"(address));
}

}  // namespace tracehound
