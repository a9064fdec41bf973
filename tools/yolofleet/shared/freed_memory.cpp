#include "shared/freed_memory.hpp"

#include <cstddef>  // defines __GLIBC__
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace yolofleet::command {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kMebibyte = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMebibyte);  // the most that is allowed
  ::mallopt(M_TRIM_THRESHOLD, 64 * kMebibyte);
#endif
}

void give_back_freed_memory() {
#ifdef __GLIBC__
  constexpr std::size_t kKept = 0;  // at the end of the main arena
  ::malloc_trim(kKept);
#endif
}

}  // namespace yolofleet::command
