// Raw heads through the public API: the GPUs' against the CPU's. Needs the CPU back end's module.

#include "yolofleet/raw_heads.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <utility>

#include "backend/every_layer_model.hpp"
#include "backend/head_difference.hpp"
#include "gpu/devices.hpp"

namespace yolofleet {
namespace {

const ModelFiles& files() {
  static const ModelFiles written = backend::write_every_layer_model(
      std::filesystem::path{::testing::TempDir()} / "every-layer-raw-heads");
  return written;
}

/// A made-up picture, wider than high: slopes with some noise on them.
Image picture(unsigned seed) {
  Image made(200, 120);
  unsigned state = seed;
  std::size_t i = 0;
  for (std::uint8_t& value : made.pixels()) {
    state = state * 1'664'525U + 1'013'904'223U;
    value = static_cast<std::uint8_t>((i++ / 3 % 200 + (state >> 26U)) & 0xFFU);
  }
  return made;
}

Result<RawHeads> open_on(const Model& model, const std::string& devices, Precision precision) {
  Options options;
  options.devices = devices;
  options.precision = precision;
  options.build_level = 0;
  options.engine_cache =
      (std::filesystem::path{::testing::TempDir()} / "raw-heads-engines").string();
  return RawHeads::open(model, options);
}

class RawHeadsCuda : public testing::GpuTest {
 protected:
  void expect_the_cpus(RawHeads& heads, RawHeads& cpu, float tolerance) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
      const Image one = picture(seed);
      const auto found = heads.run(one.view());
      ASSERT_TRUE(found) << found.error().message;
      const auto wanted = cpu.run(one.view()).value();
      ASSERT_EQ(found->size(), wanted.size());
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ((*found)[i].layer, wanted[i].layer);
        EXPECT_EQ((*found)[i].channels, wanted[i].channels);
        EXPECT_EQ((*found)[i].rows, wanted[i].rows);
        EXPECT_EQ((*found)[i].columns, wanted[i].columns);
        const float difference = backend::relative_difference((*found)[i].values, wanted[i].values);
        std::cout << heads.device() << ", picture " << seed << ", head " << i
                  << ": max|a-b| / max|b| = " << difference << '\n';
        EXPECT_LT(difference, tolerance) << "head " << i << ", picture " << seed;
      }
    }
  }
};

TEST_F(RawHeadsCuda, AreTheCpusOnTheFirstAndTheLastDevice) {
  const Model model = Model::load(files()).value();
  auto cpu = open_on(model, "cpu", Precision::kFp32);
  ASSERT_TRUE(cpu) << cpu.error().message;
  for (const int index : std::set{0, device()}) {
    const std::string id = "cuda:" + std::to_string(index);
    for (const auto& [precision, tolerance] :
         {std::pair{Precision::kFp32, backend::kFloatHeadTolerance},
          std::pair{Precision::kFp16, backend::kHalfHeadTolerance}}) {
      auto heads = open_on(model, id, precision);
      ASSERT_TRUE(heads) << heads.error().message;
      EXPECT_EQ(heads->device().find(id), 0U) << heads->device();
      expect_the_cpus(*heads, *cpu, tolerance);
    }
  }
}

TEST_F(RawHeadsCuda, GiveTheSameBitsEveryTimeAndBesideEachOther) {
  const Model model = Model::load(files()).value();
  const std::string id = "cuda:" + std::to_string(device());
  auto one = open_on(model, id, Precision::kFp16);
  ASSERT_TRUE(one) << one.error().message;
  auto other = open_on(model, id, Precision::kFp16);  // its engine is in the cache by now
  ASSERT_TRUE(other) << other.error().message;
  const Image first = picture(1);
  const Image second = picture(2);
  const auto wanted = one->run(first.view()).value();
  for (int again = 0; again < 20; ++again) {
    ASSERT_TRUE(other->run(second.view()));
    const auto found = one->run(first.view()).value();
    for (std::size_t head = 0; head < wanted.size(); ++head) {
      ASSERT_EQ(found[head].values, wanted[head].values) << "head " << head;
    }
    ASSERT_EQ(other->run(first.view()).value().front().values, wanted.front().values);
  }
}

}  // namespace
}  // namespace yolofleet
