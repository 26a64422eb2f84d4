#include "base/ed25519.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace tracehound::ed25519 {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Key open_key(const PrivateKey& key) {
  Key opened(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.seed.data(), 32));
  CHECK(opened != nullptr);
  return opened;
}

// A key's DER is these bytes and the 32 of the key (RFC 8410).
constexpr std::array<Byte, 16> kPrivateHead = {0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                               0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::array<Byte, 12> kPublicHead = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                              0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

std::string pem(std::string_view what, ByteView head, ByteView key) {
  Bytes der(head.begin(), head.end());
  der.insert(der.end(), key.begin(), key.end());
  std::array<Byte, 100> text{};
  int size = EVP_EncodeBlock(text.data(), der.data(), static_cast<int>(der.size()));
  return fmt::format(
      "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n", what,
      std::string_view(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)));
}

// By writing every candidate anew: there is one text of a key.
template <typename Head>
std::optional<std::array<Byte, 32>> parse_pem(std::string_view what, const Head& head,
                                              std::string_view text) {
  std::string begin = fmt::format("-----BEGIN {}-----\n", what);
  if (!text.starts_with(begin)) return std::nullopt;
  std::string_view body = text.substr(begin.size());
  body = body.substr(0, body.find('\n'));
  constexpr std::size_t kLongest = 64;
  std::array<Byte, kLongest> der{};
  if (body.size() != (head.size() + 32 + 2) / 3 * 4) return std::nullopt;
  if (EVP_DecodeBlock(der.data(), reinterpret_cast<const Byte*>(body.data()),
                      static_cast<int>(body.size())) < 0) {
    return std::nullopt;
  }
  std::array<Byte, 32> key{};
  std::copy_n(der.begin() + head.size(), 32, key.begin());
  if (pem(what, head, key) != text) return std::nullopt;
  return key;
}

}  // namespace

Result<PrivateKey> make_key() {
  PrivateKey key;
  if (RAND_priv_bytes(key.seed.data(), static_cast<int>(key.seed.size())) != 1) {
    return machine_error("the system gives no random bytes for a key; try again later");
  }
  return key;
}

PublicKey public_key(const PrivateKey& key) {
  PublicKey found;
  std::size_t size = found.size();
  CHECK(EVP_PKEY_get_raw_public_key(open_key(key).get(), found.data(), &size) == 1);
  return found;
}

Signature sign(const PrivateKey& key, ByteView message) {
  Key opened = open_key(key);
  Context context(EVP_MD_CTX_new());
  Signature signature;
  std::size_t size = signature.size();
  CHECK(context != nullptr &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, opened.get()) == 1);
  CHECK(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) ==
        1);
  return signature;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
  Key opened(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  Context context(EVP_MD_CTX_new());
  if (opened == nullptr || context == nullptr) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, opened.get()) != 1) {
    return false;
  }
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

std::string private_pem(const PrivateKey& key) {
  return pem("PRIVATE KEY", kPrivateHead, key.seed);
}
std::string public_pem(const PublicKey& key) { return pem("PUBLIC KEY", kPublicHead, key); }

std::optional<PrivateKey> parse_private_pem(std::string_view text) {
  auto seed = parse_pem("PRIVATE KEY", kPrivateHead, text);
  if (!seed) return std::nullopt;
  return PrivateKey{*seed};
}

std::optional<PublicKey> parse_public_key(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
  if (auto raw = from_hex(text); raw && raw->size() == 32) {
    PublicKey key;
    std::ranges::copy(*raw, key.begin());
    return key;
  }
  return parse_pem("PUBLIC KEY", kPublicHead, std::string(text) + "\n");
}

}  // namespace tracehound::ed25519
