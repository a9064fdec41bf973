#include "backend/tensorrt/jpeg/engine_check.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "image/codecs.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using Clock = std::chrono::steady_clock;

std::size_t index_of(Subsampling subsampling) {
  return static_cast<std::size_t>(
      std::find(kSubsamplings.begin(), kSubsamplings.end(), subsampling) - kSubsamplings.begin());
}

/// Smooth colours with some texture, as photographs have them.
Image check_picture(int width, int height) {
  Image picture(width, height);
  std::uint8_t* to = picture.pixels().data();
  unsigned noise = 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      noise = noise * 1664525U + 1013904223U;
      const int texture = static_cast<int>(noise >> 28U);
      *to++ = static_cast<std::uint8_t>(40 + 150 * x / width + texture);
      *to++ = static_cast<std::uint8_t>(60 + 150 * y / height + texture);
      *to++ = static_cast<std::uint8_t>(220 - 100 * (x + y) / (width + height) - texture);
    }
  }
  return picture;
}

/// The largest difference of two planes, of which one lies on the device.
int difference_of_planes(const PlanesView& ours, const PlanesView& theirs, std::size_t plane) {
  const PlaneSize size = plane_sizes(ours.format, ours.width, ours.height)[plane];
  std::vector<std::uint8_t> copy(size.bytes());
  cuda::check(cudaMemcpy2D(copy.data(), size.row_bytes, theirs.planes[plane], theirs.strides[plane],
                           size.row_bytes, static_cast<std::size_t>(size.rows),
                           cudaMemcpyDeviceToHost));
  int most = 0;
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.rows); ++y) {
    const std::uint8_t* const row = ours.planes[plane] + y * ours.strides[plane];
    for (std::size_t x = 0; x < size.row_bytes; ++x) {
      most = std::max(most, std::abs(row[x] - copy[y * size.row_bytes + x]));
    }
  }
  return most;
}

}  // namespace

bool EngineSkills::any() const noexcept {
  return std::find(plain.begin(), plain.end(), true) != plain.end();
}

bool EngineSkills::has(const image::JpegHeader& header) const noexcept {
  return (header.restart_interval > 0 ? restarts : plain)[index_of(header.subsampling)];
}

std::vector<std::byte> check_file(int width, int height, Subsampling subsampling, bool restarts) {
  const image::JpegEncoding encoding{subsampling, restarts ? 5 : 0};
  return image::encode_jpeg(check_picture(width, height).view(), encoding).value();
}

EngineAnswer try_engine(JpegEngine& engine, const std::vector<std::byte>& file,
                        PlaneMemory& memory) {
  const auto header = image::read_jpeg_header(file);
  const auto block = header ? memory.take(layout_of(*header).bytes) : nullptr;
  const auto planes = Planes::decode(file);
  if (!block || !planes) {
    throw std::logic_error("no room for a file, or not one that libjpeg can decode");
  }
  const JpegTask task{file, planes_at(block.get(), *header)};
  EngineAnswer answer;
  answer.status = engine.decode({&task, 1});
  if (answer.status == nvjpeg::Status::kSuccess) {
    const PlanesView ours = planes->view();
    const std::size_t count = header->subsampling == Subsampling::kGrey ? 1 : 3;
    for (std::size_t plane = 0; plane < count; ++plane) {
      answer.difference =
          std::max(answer.difference, difference_of_planes(ours, task.planes, plane));
    }
  }
  return answer;
}

EngineSkills skills_of(JpegEngine& engine, PlaneMemory& memory) {
  constexpr int kWidth = 331;  // odd: chroma is rounded up
  constexpr int kHeight = 203;
  EngineSkills skills;
  for (std::size_t i = 0; i < kSubsamplings.size(); ++i) {
    const auto is_right = [&](bool restarts) {
      const auto file = check_file(kWidth, kHeight, kSubsamplings[i], restarts);
      return try_engine(engine, file, memory).is_right();
    };
    skills.plain[i] = is_right(false);
    skills.restarts[i] = skills.plain[i] && is_right(true);
  }
  return skills;
}

DecodingRates measure_rates(JpegEngine& engine, PlaneMemory& memory, std::size_t batch) {
  constexpr int kRounds = 3;
  const auto file = check_file(640, 480, Subsampling::k420, false);
  const auto header = image::read_jpeg_header(file).value();
  std::vector<std::shared_ptr<std::uint8_t>> blocks;
  std::vector<JpegTask> tasks;
  for (std::size_t i = 0; i < batch; ++i) {
    blocks.push_back(memory.take(layout_of(header).bytes));
    tasks.push_back({file, planes_at(blocks.back().get(), header)});
  }
  DecodingRates rates;
  const auto seconds_since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  if (engine.decode(tasks) != nvjpeg::Status::kSuccess) {
    return rates;
  }
  const auto begin = Clock::now();
  for (int round = 0; round < kRounds; ++round) {
    static_cast<void>(engine.decode(tasks));
  }
  rates.engine = static_cast<double>(batch * kRounds) / seconds_since(begin);
  const auto begin_core = Clock::now();
  for (int round = 0; round < kRounds; ++round) {
    static_cast<void>(Planes::decode(file));
  }
  rates.core = kRounds / seconds_since(begin_core);
  return rates;
}

}  // namespace yolofleet::backend::tensorrt
