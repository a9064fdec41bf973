// Whether JPEG scans have all their blocks: a block of threads for each file.
//
// Where no restart marker tells a thread where an MCU begins, each thread walks through its part of
// the data as if one began there. Huffman codes synchronise: after some wrong codes it finds the
// right ones. Then each thread compares where the one before it has ended with where it began, and
// walks again if that differs, until none does. The first thread has begun rightly, so all have
// (after A. Weissenberger and B. Schmidt, Massively parallel Huffman decoding on GPUs, ICPP 2018).

#include "cuda/check.hpp"
#include "ops/jpeg_blocks_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 128;
constexpr int kWarp = 32;
constexpr int kWarps = kThreads / kWarp;
constexpr int kTables = 4;
constexpr int kBytesEach = 16;              // that a thread copies at once
constexpr std::uint32_t kLeastBits = 1024;  // of a thread's part of the data
constexpr std::uint32_t kAnyNumber = ~0U;   // of blocks
constexpr std::uint32_t kSlack = 3;         // words that can be read behind the data

__device__ void set_tables(const DeviceScan& scan, image::HuffmanTable* tables) {
  if (threadIdx.x < kTables) {
    const std::uint32_t offset = scan.tables[threadIdx.x];
    tables[threadIdx.x].set(offset == 0 ? nullptr : scan.file + offset);
  }
  __syncthreads();
  for (int i = 0; i < kTables; ++i) {
    tables[i].fill_fast(static_cast<int>(threadIdx.x), kThreads);
  }
}

/// The sum of the values of all threads before this one, and that of all.
struct Sums {
  std::uint32_t before;
  std::uint32_t all;
};

__device__ Sums sums_of(std::uint32_t value, std::uint32_t* of_warps) {
  const unsigned lane = threadIdx.x % kWarp;
  std::uint32_t sum = value;
  for (unsigned step = 1; step < kWarp; step *= 2) {
    const std::uint32_t other = __shfl_up_sync(~0U, sum, step);
    sum += lane >= step ? other : 0;
  }
  if (lane == kWarp - 1) {
    of_warps[threadIdx.x / kWarp] = sum;
  }
  __syncthreads();
  Sums sums{sum - value, 0};
  for (unsigned warp = 0; warp < kWarps; ++warp) {
    sums.before += warp < threadIdx.x / kWarp ? of_warps[warp] : 0;
    sums.all += of_warps[warp];
  }
  __syncthreads();
  return sums;
}

/// Copies the data without stuffed bytes and markers; behind it, in `ends`, where the parts before
/// each restart marker end. Returns the bytes of the data.
__device__ std::uint32_t copy_data(const DeviceScan& scan, std::uint32_t* ends,
                                   std::uint32_t* of_warps) {
  auto* const data = reinterpret_cast<std::uint8_t*>(scan.words);
  std::uint32_t bytes = 0;
  std::uint32_t markers = 0;
  for (std::uint32_t tile = scan.begin; tile < scan.end; tile += kThreads * kBytesEach) {
    const std::uint32_t begin = min(tile + threadIdx.x * kBytesEach, scan.end);
    const std::uint32_t end = min(begin + kBytesEach, scan.end);
    // Whether a byte is one of the data. The byte before the data is the last of a segment, and
    // has another meaning.
    std::uint32_t kept = 0;      // bit i: byte i is data
    std::uint32_t restarts = 0;  // bit i: a restart marker ends with byte i
    bool after_ff = begin > scan.begin && scan.file[begin - 1] == 0xFF;
    for (std::uint32_t at = begin; at < end; ++at) {
      const std::uint8_t byte = scan.file[at];
      const bool restart = after_ff && byte != 0;
      const bool opens_marker = byte == 0xFF && scan.file[at + 1] != 0;
      kept |= (after_ff || opens_marker ? 0U : 1U) << (at - begin);
      restarts |= (restart ? 1U : 0U) << (at - begin);
      after_ff = byte == 0xFF;
    }
    const Sums kept_sums = sums_of(static_cast<std::uint32_t>(__popc(kept)), of_warps);
    std::uint32_t to = bytes + kept_sums.before;
    std::uint32_t marker = 0;
    if (scan.restart_interval != 0) {
      const Sums sums = sums_of(static_cast<std::uint32_t>(__popc(restarts)), of_warps);
      marker = markers + sums.before;
      markers += sums.all;
    }
    for (std::uint32_t at = begin; at < end; ++at) {
      if ((kept >> (at - begin) & 1U) != 0) {
        data[to++] = scan.file[at];
      } else if ((restarts >> (at - begin) & 1U) != 0) {
        ends[marker++] = to;
      }
    }
    bytes += kept_sums.all;
  }
  return bytes;
}

/// Whether the walk from `place` passes exactly `blocks` blocks and all bytes up to `end`.
__device__ bool passes(const image::ScanWalker& walker, image::ScanPlace place, std::uint32_t end,
                       std::uint32_t blocks) {
  const image::ScanWalked walked = walker.walk(place, end, blocks);
  return walked.good && walked.blocks == blocks && place.bit <= end && place.bit + 8 > end;
}

/// With restart markers: a thread for each part between two of them.
__device__ bool has_all_parts(const DeviceScan& scan, const image::ScanWalker& walker,
                              const std::uint32_t* ends, std::uint32_t bytes) {
  const std::uint32_t mcus = scan.shape.mcus;
  const std::uint32_t parts = (mcus + scan.restart_interval - 1) / scan.restart_interval;
  bool good = true;
  for (std::uint32_t part = threadIdx.x; part < parts; part += kThreads) {
    const std::uint32_t first = part * scan.restart_interval;
    const std::uint32_t begin = part == 0 ? 0 : ends[part - 1];
    const std::uint32_t end = part + 1 == parts ? bytes : ends[part];
    good = good && passes(walker, {8 * begin, 0, 0}, 8 * end,
                          min(scan.restart_interval, mcus - first) * scan.shape.blocks);
  }
  return __syncthreads_and(good) != 0;
}

struct Shared {
  image::HuffmanTable tables[kTables];
  image::ScanPlace ends[kThreads];
  std::uint32_t of_warps[kWarps];
};

__device__ bool has_all_in_one(const image::ScanWalker& walker, std::uint32_t bits,
                               Shared& shared) {
  const std::uint32_t each = max((bits + kThreads - 1) / kThreads, kLeastBits);
  const std::uint32_t last = bits == 0 ? 0 : (bits - 1) / each;  // the thread of the last part
  const bool walks = threadIdx.x < last;
  image::ScanPlace begin{threadIdx.x * each, 0, 0};
  image::ScanWalked walked;
  bool again = walks;
  do {
    if (again) {
      image::ScanPlace place = begin;
      walked = walker.walk(place, (threadIdx.x + 1) * each, kAnyNumber);
      shared.ends[threadIdx.x] = place;
    }
    __syncthreads();
    again = false;
    if (threadIdx.x > 0 && threadIdx.x <= last) {
      const image::ScanPlace before = shared.ends[threadIdx.x - 1];
      again = walks && !(before == begin);
      begin = before;
    }
  } while (__syncthreads_or(again) != 0);
  const Sums blocks = sums_of(walks ? walked.blocks : 0, shared.of_warps);
  bool good = !walks || walked.good;
  if (threadIdx.x == last) {
    const std::uint32_t all = walker.shape.mcus * walker.shape.blocks;
    good = blocks.all <= all && passes(walker, begin, bits, all - blocks.all);
  }
  return __syncthreads_and(good) != 0;
}

/// Grid: a block for each scan.
__global__ void __launch_bounds__(kThreads)
    has_all_blocks(const DeviceScan* scans, std::uint8_t* has_all) {
  __shared__ Shared shared;
  const DeviceScan scan = scans[blockIdx.x];
  set_tables(scan, shared.tables);
  std::uint32_t* const ends = scan.words + (scan.end - scan.begin) / 4 + kSlack;
  const std::uint32_t bytes = copy_data(scan, ends, shared.of_warps);
  __syncthreads();  // all of the data and of the tables is there
  const image::ScanWalker walker{scan.shape, shared.tables, scan.words};
  const bool all = scan.restart_interval == 0 ? has_all_in_one(walker, 8 * bytes, shared)
                                              : has_all_parts(scan, walker, ends, bytes);
  if (threadIdx.x == 0) {
    has_all[blockIdx.x] = all ? 1 : 0;
  }
}

}  // namespace

std::size_t words_for(std::size_t bytes, std::size_t restarts) noexcept {
  return bytes / 4 + kSlack + restarts;
}

void enqueue_has_all_blocks(const DeviceScan* scans, std::uint8_t* has_all, int count,
                            cudaStream_t stream) {
  has_all_blocks<<<static_cast<unsigned>(count), kThreads, 0, stream>>>(scans, has_all);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
