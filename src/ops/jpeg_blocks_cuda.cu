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

constexpr int kThreads = 256;
constexpr int kWarp = 32;
constexpr int kWarps = kThreads / kWarp;
constexpr int kTables = 4;
constexpr std::uint32_t kWord = 4;       // bytes of it
constexpr std::uint32_t kWordsEach = 8;  // of the file, that a thread copies at once
constexpr std::uint32_t kBytesEach = kWord * kWordsEach;
constexpr std::uint32_t kTile = kThreads * kBytesEach;
constexpr std::uint32_t kLeastBits = 1024;  // of a thread's part of the data
/// Of the data that a thread walks through: 12 to 25 ms of an H200, estimated. Files whose codes
/// don't synchronise, or with few restart markers, may need more. The CPU decodes them.
constexpr std::uint32_t kMostBits = 1U << 18U;
constexpr std::uint32_t kAnyNumber = ~0U;  // of blocks

struct Shared {
  image::HuffmanTable tables[kTables];
  image::ScanPlace ends[kThreads];
  std::uint32_t of_warps[kWarps];
  std::uint32_t tile[kTile / kWord + 1];  // data on its way, from less than a word earlier on
};

__device__ void set_tables(const DeviceScan& scan, image::HuffmanTable* tables) {
  constexpr unsigned kDefinition = image::HuffmanTable::kDefinition;
  for (unsigned i = threadIdx.x; i < kTables * kDefinition; i += kThreads) {
    const std::uint32_t offset = scan.tables[i / kDefinition];
    const std::uint32_t from = offset + i % kDefinition;
    tables[i / kDefinition].definition[i % kDefinition] =
        offset == 0 || from >= scan.end ? 0 : scan.file[from];
  }
  __syncthreads();
  if (threadIdx.x < kTables) {
    tables[threadIdx.x].set(threadIdx.x < kTables / 2);
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

/// The bytes of a file that a thread copies at once.
class Piece {
 public:
  /// `begin` is divisible by kBytesEach.
  __device__ Piece(const DeviceScan& scan, std::uint32_t begin) {
    const auto* const words = reinterpret_cast<const uint4*>(scan.file + begin);
    for (std::uint32_t i = 0; i < kWordsEach / 4; ++i) {
      // The end marker comes behind `end`.
      const bool there = begin + 4 * kWord * i < scan.end;
      const uint4 four = there ? words[i] : uint4{0, 0, 0, 0};
      words_[4 * i] = four.x;
      words_[4 * i + 1] = four.y;
      words_[4 * i + 2] = four.z;
      words_[4 * i + 3] = four.w;
    }
    const bool after_ff = begin > scan.begin && begin < scan.end && scan.file[begin - 1] == 0xFF;
    const bool before_zero = begin + kBytesEach < scan.end && scan.file[begin + kBytesEach] == 0;
    classify(scan, begin, after_ff, before_zero);
  }

  std::uint32_t kept = 0;      ///< bit i: byte i is data
  std::uint32_t restarts = 0;  ///< bit i: a restart marker ends with byte i

  __device__ std::uint8_t byte(std::uint32_t i) const {
    return static_cast<std::uint8_t>(words_[i / kWord] >> (8 * (i % kWord)));
  }

 private:
  __device__ void classify(const DeviceScan& scan, std::uint32_t begin, bool after_ff,
                           bool before_zero) {
#pragma unroll
    for (std::uint32_t i = 0; i < kBytesEach; ++i) {
      const bool inside = begin + i >= scan.begin && begin + i < scan.end;
      const bool is_ff = byte(i) == 0xFF;
      const bool next_is_zero = i + 1 < kBytesEach ? byte(i + 1) == 0 : before_zero;
      // The byte before the data is the last of a segment, and has another meaning.
      const bool opens_marker = is_ff && !next_is_zero;
      kept |= (inside && !after_ff && !opens_marker ? 1U : 0U) << i;
      restarts |= (inside && after_ff && byte(i) != 0 ? 1U : 0U) << i;
      after_ff = is_ff && begin + i >= scan.begin;
    }
  }

  std::uint32_t words_[kWordsEach];
};

/// Copies the data without stuffed bytes and markers, with zeros behind it; in `ends`, where the
/// parts before each restart marker end. Returns the bytes of the data.
__device__ std::uint32_t copy_data(const DeviceScan& scan, std::uint32_t* ends, Shared& shared) {
  auto* const tile_bytes = reinterpret_cast<std::uint8_t*>(shared.tile);
  std::uint32_t words = 0;  // that are copied
  std::uint32_t left = 0;   // bytes of the tile that aren't
  std::uint32_t markers = 0;
  for (std::uint32_t tile = scan.begin / kBytesEach * kBytesEach; tile < scan.end; tile += kTile) {
    const Piece piece{scan, tile + threadIdx.x * kBytesEach};
    const Sums kept = sums_of(static_cast<std::uint32_t>(__popc(piece.kept)), shared.of_warps);
    std::uint32_t marker = 0;
    if (scan.restart_interval != 0) {
      const Sums sums =
          sums_of(static_cast<std::uint32_t>(__popc(piece.restarts)), shared.of_warps);
      marker = markers + sums.before;
      markers += sums.all;
    }
    std::uint32_t to = left + kept.before;
#pragma unroll
    for (std::uint32_t i = 0; i < kBytesEach; ++i) {
      if ((piece.kept >> i & 1U) != 0) {
        tile_bytes[to++] = piece.byte(i);
      } else if ((piece.restarts >> i & 1U) != 0) {
        ends[marker++] = kWord * words + to;
      }
    }
    __syncthreads();
    const std::uint32_t whole = (left + kept.all) / kWord;
    for (std::uint32_t i = threadIdx.x; i < whole; i += kThreads) {
      scan.words[words + i] = shared.tile[i];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      shared.tile[0] = shared.tile[whole];
    }
    words += whole;
    left = (left + kept.all) % kWord;
    __syncthreads();
  }
  if (threadIdx.x < image::ScanWalker::kWordsBehind) {
    const std::uint32_t last = left == 0 ? 0 : shared.tile[0] & ~(~0U << (8 * left));
    scan.words[words + threadIdx.x] = threadIdx.x == 0 ? last : 0;
  }
  return kWord * words + left;
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
    good = good && 8 * (end - begin) <= kMostBits &&
           walker.passes({8 * begin, 0, 0}, 8 * end,
                         min(scan.restart_interval, mcus - first) * scan.shape.blocks);
  }
  return __syncthreads_and(good) != 0;
}

__device__ bool has_all_in_one(const image::ScanWalker& walker, std::uint32_t bits,
                               Shared& shared) {
  const std::uint32_t each = max((bits + kThreads - 1) / kThreads, kLeastBits);
  const std::uint32_t last = bits == 0 ? 0 : (bits - 1) / each;  // the thread of the last part
  const bool walks = threadIdx.x < last;
  image::ScanPlace begin{threadIdx.x * each, 0, 0};
  image::ScanWalked walked;
  bool again = walks;
  bool all_agree = false;
  for (std::uint32_t round = 1; !all_agree; ++round) {
    if (round > 2 && round * each > kMostBits) {
      return false;
    }
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
    all_agree = __syncthreads_or(again) == 0;
  }
  const Sums blocks = sums_of(walks ? walked.blocks : 0, shared.of_warps);
  bool good = !walks || walked.good;
  if (threadIdx.x == last) {
    const std::uint32_t all = walker.shape.mcus * walker.shape.blocks;
    good = blocks.all <= all && walker.passes(begin, bits, all - blocks.all);
  }
  return __syncthreads_and(good) != 0;
}

/// Grid: a block for each scan.
__global__ void __launch_bounds__(kThreads)
    has_all_blocks(const DeviceScan* scans, std::uint8_t* has_all) {
  __shared__ Shared shared;
  const DeviceScan scan = scans[blockIdx.x];
  set_tables(scan, shared.tables);
  std::uint32_t* const ends =
      scan.words + (scan.end - scan.begin) / kWord + image::ScanWalker::kWordsBehind;
  const std::uint32_t bytes = copy_data(scan, ends, shared);
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
  return bytes / kWord + image::ScanWalker::kWordsBehind + restarts;
}

void enqueue_has_all_blocks(const DeviceScan* scans, std::uint8_t* has_all, int count,
                            cudaStream_t stream) {
  has_all_blocks<<<static_cast<unsigned>(count), kThreads, 0, stream>>>(scans, has_all);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
