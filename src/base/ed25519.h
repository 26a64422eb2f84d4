// Ed25519 (RFC 8032): key pairs, signatures. By OpenSSL; keys stand in files as it writes them too.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound::ed25519 {

using PublicKey = std::array<Byte, 32>;
using Signature = std::array<Byte, 64>;

struct PrivateKey {
  std::array<Byte, 32> seed{};
  friend bool operator==(const PrivateKey&, const PrivateKey&) = default;
};

// From the system's own randomness. Errors (machine): it gives none.
Result<PrivateKey> make_key();
PublicKey public_key(const PrivateKey& key);

Signature sign(const PrivateKey& key, ByteView message);
// False also for a key that is no point of the curve.
bool verify(const PublicKey& key, ByteView message, const Signature& signature);

// PEM: PKCS #8 of a private key, SubjectPublicKeyInfo of a public one; ends in a newline.
std::string private_pem(const PrivateKey& key);
std::string public_pem(const PublicKey& key);
// Of exactly that form. Nothing for any other text.
std::optional<PrivateKey> parse_private_pem(std::string_view text);
// That form, or 64 hexadecimal digits; blanks and line ends around it do not matter.
std::optional<PublicKey> parse_public_key(std::string_view text);

}  // namespace tracehound::ed25519
