// Prints a table of the files that nvJPEG's back ends decode on this machine's GPU.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>

#include "gpu/jpeg_files.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::array kNames{"4:4:4", "4:2:2", "4:2:0", "4:4:0", "grey"};

/// "yes, 1" for a right answer with a difference of 1; else the answer.
std::string shown(const EngineAnswer& answer) {
  if (answer.status != nvjpeg::Status::kSuccess) {
    return text_of(answer.status);
  }
  return fmt::format("{}, {}", answer.is_right() ? "yes" : "WRONG", answer.difference);
}

class JpegEngines : public testing::GpuTest {};

TEST_F(JpegEngines, AsATable) {
  const cuda::DeviceGuard guard{device()};
  const auto memory = std::make_shared<PlaneMemory>(device(), std::size_t{128} << 20U);
  constexpr std::array<std::pair<int, int>, 11> kSizes{{{1, 1},
                                                        {8, 8},
                                                        {16, 16},
                                                        {17, 33},
                                                        {64, 64},
                                                        {331, 203},
                                                        {768, 576},
                                                        {1920, 1080},
                                                        {33, 4000},
                                                        {4000, 3000},
                                                        {8193, 4097}}};
  for (const char* const file : NvjpegLibrary::kFiles) {
    const auto library = NvjpegLibrary::open(file);
    if (!library) {
      std::cout << file << ": " << library.error().message << "\n";
      continue;
    }
    for (const auto backend : {nvjpeg::Backend::kHardware, nvjpeg::Backend::kGpuHybrid}) {
      const bool hardware = backend == nvjpeg::Backend::kHardware;
      std::cout << fmt::format("nvJPEG {}, {}:\n", library->version(),
                               hardware ? "hardware" : "CUDA kernels");
      auto engine = JpegEngine::make(*library, device(), backend);
      if (!engine) {
        std::cout << "  " << engine.error().message << "\n";
        continue;
      }
      const EngineSkills skills = skills_of(**engine, *memory);
      for (std::size_t i = 0; i < kSubsamplings.size(); ++i) {
        for (const bool restarts : {false, true}) {
          for (const auto& [width, height] : kSizes) {
            const auto encoded = check_file(width, height, kSubsamplings[i], restarts);
            const EngineAnswer answer = try_engine(**engine, encoded, *memory);
            std::cout << fmt::format("  {:<6}{:<10}{:>5} x {:<5} {}\n", kNames[i],
                                     restarts ? "restarts" : "", width, height, shown(answer));
            const bool taken = (restarts ? skills.restarts : skills.plain)[i];
            EXPECT_TRUE(!taken || answer.status != nvjpeg::Status::kSuccess || answer.is_right())
                << "the decoder would take it";
          }
        }
      }
      const DecodingRates rates = measure_rates(**engine, *memory, kJpegBatch);
      std::cout << fmt::format("  640 x 480: {:.0f} pictures/s, a core of the CPU {:.0f}\n",
                               rates.engine, rates.core);
    }
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
