// The recognisers, one file each (whirlpool.cc, wasabi.cc, joinmarket.cc, chipmixer.cc): pure
// functions of a transaction's shape. Nothing where a rule does not hold. coinjoin.cc tries them in
// order; each may rely on those before it having said no.
#pragma once

#include <optional>

#include "clusters/coinjoin.h"
#include "clusters/coinjoin_shape.h"

namespace tracehound::clusters {

std::optional<Recognised> whirlpool_mix(const Shape& shape);
std::optional<Recognised> whirlpool_tx0(const Shape& shape);
std::optional<Recognised> wasabi2(const Shape& shape);
std::optional<Recognised> wasabi1(const Shape& shape);
std::optional<Recognised> joinmarket(const Shape& shape);
std::optional<Recognised> equal_outputs(const Shape& shape);
std::optional<Recognised> stonewall(const Shape& shape);
std::optional<Recognised> chip_split(const Shape& shape);

// Whether there are three equal outputs or more, of `least` or more, that as many people could have
// paid, one of whom got the largest change (joinmarket.cc).
bool equal_and_paid_for(const Shape& shape, Amount least);

// Whether a value is a mixer's chip, and how many of them make a split.
bool is_chip(Amount value);
inline constexpr std::size_t kChipsMin = 4;

// The commonest answer's parts: the most equal outputs are the anonymity set.
inline Recognised recognised(Protocol protocol, std::uint8_t confidence, const Shape& shape,
                             std::string_view rule) {
  return {.protocol = protocol,
          .confidence = confidence,
          .anonymity_set = shape.equal.count,
          .denomination = shape.equal.value,
          .inputs = shape.inputs,
          .outputs = shape.outputs,
          .rule = rule};
}

}  // namespace tracehound::clusters
