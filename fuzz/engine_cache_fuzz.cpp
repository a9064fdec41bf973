// Any bytes as a file of the engine cache, as they are and with a checksum that fits.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "backend/tensorrt/engine/file.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

namespace cache = backend::tensorrt;

constexpr std::size_t kLongestMessage = 200;

/// Whether it was taken.
bool read(Bytes bytes, const cache::Magic& magic) {
  static const MemoryFile file;
  file.hold(bytes);
  const auto key = cache::read_key(file.path());
  const auto parts = cache::read_file(file.path(), magic);
  if (!parts) {
    must_be_well_said(parts.error().message, kLongestMessage);
    return false;
  }
  const std::size_t rest = bytes.size() - sizeof(cache::FileHeader);
  must(parts->key.size() + parts->content.size() == rest);
  const auto content = bytes.last(parts->content.size());
  must(parts->content.empty() ||
       std::memcmp(parts->content.data(), content.data(), content.size()) == 0);
  must(magic != cache::kEngineMagic || (key && *key == parts->key));
  return true;
}

/// The bytes with the checksum of what stands behind the header.
std::vector<std::uint8_t> mended(Bytes bytes) {
  std::vector<std::uint8_t> copy{bytes.begin(), bytes.end()};
  cache::FileHeader header;
  const Bytes rest = bytes.subspan(sizeof header);
  const XXH128_hash_t hash = XXH3_128bits(rest.data(), rest.size());
  std::memcpy(&header, copy.data(), sizeof header);
  header.checksum_low = hash.low64;
  header.checksum_high = hash.high64;
  std::memcpy(copy.data(), &header, sizeof header);
  return copy;
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = yolofleet::fuzz;
  namespace cache = yolofleet::backend::tensorrt;
  const fuzz::Bytes bytes{data, size};
  for (const cache::Magic& magic : {cache::kEngineMagic, cache::kTimingMagic}) {
    if (!fuzz::read(bytes, magic) && size >= sizeof(cache::FileHeader)) {
      fuzz::read(fuzz::mended(bytes), magic);
    }
  }
  return 0;
}
