#include "backend/tensorrt/engine/describe.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string_view>

#include "backend/tensorrt/engine/obtain.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

const CudaDevice kCard{1, "A card, big", "GPU-1", 9, 0, 132, 80'000'000'000};

CacheEntry entry() {
  const graph::Network network{"net", {3, 32, 32}, false, {}};
  const EngineOptions options{.half = false,
                              .tf32 = true,
                              .mish = MishKind::kNative,
                              .max_batch = 12,
                              .max_detections = 34,
                              .optimization_level = 5};
  return {"net.engine", 1000, engine_key({network, kCard, options}, "8.6.1"), ""};
}

CacheEntry without(std::string_view name) {
  CacheEntry changed = entry();
  std::string& text = changed.key.text;
  const std::size_t begin = text.find(fmt::format("{} ", name));
  text.erase(begin, text.find('\n', begin) + 1 - begin);
  return changed;
}

TEST(CachedEngines, HaveAllThatTheKeyContains) {
  const CachedEngine engine = describe(entry());
  EXPECT_EQ(engine.problem, "");
  EXPECT_EQ(engine.file, "net.engine");
  EXPECT_EQ(engine.bytes, 1000U);
  EXPECT_EQ(engine.model, "net");
  EXPECT_EQ(engine.device_kind, "A card, big (9.0, 132 multiprocessors)");
  EXPECT_EQ(engine.device_kind, kind_of(kCard));
  EXPECT_EQ(engine.tensorrt, "8.6.1");
  EXPECT_EQ(engine.yolofleet, version());
  EXPECT_EQ(engine.precision, "tf32");
  EXPECT_EQ(engine.mish, "native");
  EXPECT_EQ(engine.batch, 12);
  EXPECT_EQ(engine.max_detections, 34);
  EXPECT_EQ(engine.build_level, 5);
}

TEST(CachedEngines, KeepTheirProblemAndNothingElse) {
  CacheEntry broken = entry();
  broken.problem = "of stone";
  const CachedEngine engine = describe(broken);
  EXPECT_EQ(engine.problem, "of stone");
  EXPECT_EQ(engine.bytes, 1000U);
  EXPECT_EQ(engine.model, "");
}

TEST(CachedEngines, AKeyThatLacksAValueIsAProblem) {
  for (const char* const name : {"device", "tensorrt", "yolofleet", "precision", "mish",
                                 "max_batch", "max_detections", "level", "builder"}) {
    EXPECT_EQ(describe(without(name)).problem,
              fmt::format("its key has no valid value for \"{}\"", name));
  }
  CacheEntry odd = entry();
  odd.key.text.insert(odd.key.text.find("max_batch ") + 10, 1, 'x');
  EXPECT_EQ(describe(odd).problem, "its key has no valid value for \"max_batch\"");
  odd.key.text = std::string{"no newline"};
  EXPECT_EQ(describe(odd).problem, "its key has no valid value for \"device\"");
}

TEST(CachedEngines, AnotherBuilderRevisionIsAProblem) {
  CacheEntry old = entry();
  const std::string ours = fmt::format("builder {}\n", kBuilderRevision);
  old.key.text.replace(old.key.text.find(ours), ours.size(), "builder 0\n");
  EXPECT_EQ(describe(old).problem,
            fmt::format("was built by builder revision 0; this program has revision {}",
                        kBuilderRevision));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
