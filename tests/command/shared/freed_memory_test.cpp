#include "shared/freed_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <thread>
#include <vector>

namespace yolofleet::command {
namespace {

// glibc's malloc, not that of a sanitizer.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

/// The bytes of this process that are in memory.
std::size_t resident() {
  std::size_t all = 0;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(FreedMemory, OfAThreadIsKeptUntilItIsGivenBack) {
  keep_freed_memory();
  const std::size_t before = resident();
  std::vector<char> behind;  // the others; glibc keeps what is free behind all
  std::thread([&behind] {
    const std::vector<std::vector<char>> blocks(40, std::vector<char>(kMebibyte, 'x'));
    behind.resize(2 * kMebibyte);  // larger than any hole between them
  }).join();
  const std::size_t kept = resident();
  EXPECT_GT(kept, before + 30 * kMebibyte);
  give_back_freed_memory();
  EXPECT_LT(resident(), kept - 30 * kMebibyte);
}

#endif

}  // namespace
}  // namespace yolofleet::command
