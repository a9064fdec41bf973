// Uploads and kernels overlap while a lane runs, by a trace of the device: one slot uploads while
// another computes. YOLOFLEET_GPU_MODEL=FOLDER selects the model. YOLOFLEET_TRACE=FILE writes the
// trace as JSON for chrome://tracing and Perfetto, with a process for each number of slots and a
// thread for each stream.

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "gpu/activity_trace.hpp"
#include "gpu/lane_fixture.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::Activity;
using testing::ActivityKind;
using testing::Interval;
using testing::Intervals;
using testing::kBatch;
using testing::merged;
using testing::total;
using testing::WaitingLane;

constexpr int kBatches = 100;
constexpr int kWidth = 768;
constexpr int kHeight = 576;
/// The least share of the copies' or the kernels' time, whichever is shorter, that must overlap
/// with the other.
constexpr double kLeastShare = 0.1;

/// The times of uploads and kernels, by stream.
struct Streams {
  std::map<std::uint32_t, Intervals> uploads;
  std::map<std::uint32_t, Intervals> kernels;
};

Streams streams_of(const std::vector<Activity>& activities) {
  Streams streams;
  for (const Activity& one : activities) {
    if (one.kind == ActivityKind::kUpload) {
      streams.uploads[one.stream].push_back(one.time);
    } else if (one.kind == ActivityKind::kKernel) {
      streams.kernels[one.stream].push_back(one.time);
    }
  }
  for (auto* const side : {&streams.uploads, &streams.kernels}) {
    for (auto& [stream, intervals] : *side) {
      intervals = merged(std::move(intervals));
    }
  }
  return streams;
}

/// The times of all streams but one.
Intervals others(const std::map<std::uint32_t, Intervals>& all, std::uint32_t without) {
  Intervals some;
  for (const auto& [stream, intervals] : all) {
    if (stream != without) {
      some.insert(some.end(), intervals.begin(), intervals.end());
    }
  }
  return merged(std::move(some));
}

/// Nanoseconds.
struct Overlap {
  std::uint64_t whole = 0;          ///< from the first activity to the end of the last
  std::uint64_t uploads = 0;        ///< streams added up
  std::uint64_t beside_others = 0;  ///< of these, while another stream's kernels ran
  std::uint64_t beside_own = 0;     ///< of these, while the same stream's did: none, if all is well
  std::uint64_t kernels = 0;        ///< time with any kernel
  std::uint64_t several_kernels = 0;  ///< time with kernels of more than one stream
  Intervals idle;                     ///< between kernels
};

Overlap overlap_of(const std::vector<Activity>& activities) {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  const Streams streams = streams_of(activities);
  Overlap result;
  Intervals everything;
  for (const Activity& one : activities) {
    everything.push_back(one.time);
  }
  everything = merged(std::move(everything));
  if (everything.empty()) {
    return result;
  }
  result.whole = everything.back().end - everything.front().begin;
  for (const auto& [stream, uploads] : streams.uploads) {
    result.uploads += total(uploads);
    result.beside_others += total(common(uploads, others(streams.kernels, stream)));
    const auto own = streams.kernels.find(stream);
    if (own != streams.kernels.end()) {
      result.beside_own += total(common(uploads, own->second));
    }
  }
  Intervals several;
  for (const auto& [stream, kernels] : streams.kernels) {
    const Intervals both = common(kernels, others(streams.kernels, stream));
    several.insert(several.end(), both.begin(), both.end());
  }
  result.several_kernels = total(merged(std::move(several)));
  const Intervals all_kernels = others(streams.kernels, kNone);
  result.kernels = total(all_kernels);
  result.idle = gaps(all_kernels);
  return result;
}

void print(std::size_t slots, const Overlap& overlap) {
  const auto ms = [](std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-6; };
  const auto share = [](std::uint64_t part, std::uint64_t all) {
    return all == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
  };
  std::uint64_t longest = 0;
  for (const Interval& gap : overlap.idle) {
    longest = std::max(longest, gap.end - gap.begin);
  }
  std::cout << slots << " slots, " << kBatches << " batches of " << kBatch << ": "
            << ms(overlap.whole) << " ms in all\n  copies to the device " << ms(overlap.uploads)
            << " ms, of these during kernels of another stream "
            << share(overlap.beside_others, overlap.uploads) << " %, of the same "
            << share(overlap.beside_own, overlap.uploads) << " %\n  kernels " << ms(overlap.kernels)
            << " ms (" << share(overlap.kernels, overlap.whole)
            << " % of all), of these of several streams at once "
            << share(overlap.several_kernels, overlap.kernels) << " %\n  without any kernel "
            << ms(total(overlap.idle)) << " ms in " << overlap.idle.size()
            << " gaps, the longest of " << ms(longest) << " ms\n";
}

/// Adds a run to the file that YOLOFLEET_TRACE names, if it names one.
void write_trace(std::size_t slots, const std::vector<Activity>& activities) {
  static auto events = nlohmann::json::array();
  const char* const file = std::getenv("YOLOFLEET_TRACE");
  if (file == nullptr) {
    return;
  }
  for (const Activity& one : activities) {
    events.push_back({{"ph", "X"},
                      {"name", one.name},
                      {"pid", slots},
                      {"tid", one.stream},
                      {"ts", static_cast<double>(one.time.begin) * 1e-3},
                      {"dur", static_cast<double>(one.time.end - one.time.begin) * 1e-3},
                      {"args", {{"bytes", one.bytes}, {"graph", one.graph}}}});
  }
  std::ofstream stream{file};
  stream << nlohmann::json{{"traceEvents", events}}.dump(-1, ' ', false,
                                                         nlohmann::json::error_handler_t::replace);
  stream.close();
  ASSERT_TRUE(stream) << file << ": can't be written";
}

class Overlaps : public testing::GpuTest {
 protected:
  /// The activities of the test's device for a lane with this many slots in steady state, with
  /// pictures in pinned memory.
  std::vector<Activity> trace(std::size_t slots) {
    constexpr std::size_t kPictures = 32;
    constexpr std::size_t kBytes = std::size_t{kWidth} * kHeight * 3;
    const cuda::PinnedBuffer pixels{device(), kPictures * kBytes};
    std::mt19937 random{5};
    std::generate_n(pixels.as<std::uint8_t>(), pixels.bytes(),
                    [&] { return static_cast<std::uint8_t>(random()); });
    const auto view = [&](std::size_t i) {
      return ImageView{pixels.as<std::uint8_t>() + i % kPictures * kBytes, kWidth, kHeight,
                       std::size_t{kWidth} * 3, PixelFormat::kRgb};
    };
    testing::ActivityTrace traced;  // before the lane, so that its graphs are seen in parts
    WaitingLane lane{device(), kBatch, slots, kBatch * (kBytes + 256)};
    const auto submit = [&](int batches) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(batches); ++i) {
        std::vector<ImageView> views;
        for (std::size_t j = 0; j < kBatch; ++j) {
          views.push_back(view(i * kBatch + j));
        }
        lane.submit(views);
      }
      for (const auto& batch : lane.wait()) {
        for (const PictureResult& result : batch) {
          EXPECT_FALSE(result.error) << result.error->message;
        }
      }
    };
    submit(10);
    static_cast<void>(traced.take());  // the lane's opening and warming up
    submit(kBatches);
    std::vector<Activity> activities = traced.take();
    activities.erase(std::remove_if(activities.begin(), activities.end(),
                                    [&](const Activity& one) {
                                      return one.device != static_cast<std::uint32_t>(device());
                                    }),
                     activities.end());
    return activities;
  }
};

TEST_F(Overlaps, CopiesOfOneSlotAndKernelsOfAnother) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  { const WaitingLane builds_the_engine{device(), kBatch, 1, 0}; }
  for (const std::size_t slots : {1U, 2U, 3U}) {
    const std::vector<Activity> activities = trace(slots);
    write_trace(slots, activities);
    const Overlap overlap = overlap_of(activities);
    print(slots, overlap);
    std::set<std::uint32_t> streams;
    std::size_t uploads = 0;
    for (const Activity& one : activities) {
      streams.insert(one.stream);
      uploads +=
          one.kind == ActivityKind::kUpload && one.bytes >= std::size_t{kWidth} * kHeight * 3;
    }
    EXPECT_EQ(streams.size(), slots);
    EXPECT_EQ(uploads, std::size_t{kBatches} * kBatch) << "every picture's copy must be seen";
    const auto less = static_cast<double>(std::min(overlap.uploads, overlap.kernels));
    ASSERT_GT(less, 0.0);
    EXPECT_LT(static_cast<double>(overlap.beside_own), 0.01 * less);
    if (slots == 1) {
      EXPECT_EQ(overlap.beside_others, 0U) << "there is no other";
    } else {
      EXPECT_GT(static_cast<double>(overlap.beside_others), kLeastShare * less);
    }
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
