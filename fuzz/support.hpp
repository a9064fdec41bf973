#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

/// Helpers of all fuzzers.
namespace yolofleet::fuzz {

using Bytes = std::span<const std::uint8_t>;

/// Ends the process, which is how a fuzzer says that it found something.
inline void must(bool sound) {
  if (!sound) {
    std::abort();
  }
}

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A message is one short line of printable text, whatever the file holds. `line`: its longest.
inline void must_be_well_said(std::string_view message, std::size_t longest) {
  must(!message.empty() && message.size() <= longest);
  for (const char c : message) {
    must(static_cast<unsigned char>(c) >= ' ' && c != '\x7F');
  }
}

/// A file that lies in memory, for what reads files alone.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) { must(descriptor_ >= 0); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  /// The bytes are all that it holds from now on.
  void hold(Bytes bytes) const {
    must(ftruncate(descriptor_, static_cast<off_t>(bytes.size())) == 0);
    must(pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

 private:
  int descriptor_;
};

}  // namespace yolofleet::fuzz
