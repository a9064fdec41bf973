// TensorRT's reason for refusing a layer reaches the user, with the layer's line.

#include <gmock/gmock.h>

#include <functional>

#include "backend/test_network.hpp"
#include "gpu/devices.hpp"
#include "gpu/engine.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Whether this is a version of TensorRT whose messages the tests know.
bool is_tried_version() {
  return testing::value_of(Library::load())->version().starts_with("8.6.");
}

class RefusedLayer : public testing::GpuTest {
 protected:
  /// The error of building a small network whose second convolution was changed.
  Error refusal(const std::function<void(graph::Convolution&)>& change) const {
    TestNetwork built({3, 8, 8});
    built.convolution(6);
    built.convolution(6);
    built.head();
    graph::Network network = built.network();
    change(std::get<graph::Convolution>(network.layers()[1].operation));
    TimingCache timing;
    const EngineOptions options = testing::quick_engine_options();
    const Library& library = *testing::value_of(Library::load());
    const auto engine = build_engine(library, device(), network, options, timing);
    return engine ? Error{ErrorCode::kInternal, "it was built"} : engine.error();
  }
};

TEST_F(RefusedLayer, IsNamedWithTheReason) {
  const Error error = refusal([](graph::Convolution& convolution) { convolution.filters = 0; });
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message,
              AllOf(StartsWith("test: layer 1 [convolutional], line 20 of the cfg: TensorRT "),
                    Not(HasSubstr("no reason given"))));
  if (is_tried_version()) {
    EXPECT_THAT(error.message, HasSubstr("kernel weights has count 324"));
  }
}

TEST_F(RefusedLayer, IsNamedWhereOnlyItsShapeIsntKnown) {
  const Error error =
      refusal([](graph::Convolution& convolution) { convolution.weights.kernel.pop_back(); });
  // Some versions see it when the layer is added, others when the engine is built.
  EXPECT_THAT(error.code, AnyOf(ErrorCode::kUnsupported, ErrorCode::kDevice));
  EXPECT_THAT(error.message,
              AllOf(StartsWith("test: "), HasSubstr("layer 1 [convolutional], line 20 of the cfg"),
                    Not(HasSubstr("no reason given"))));
  if (is_tried_version()) {
    EXPECT_THAT(error.message, AllOf(HasSubstr("323"), HasSubstr("weights")));  // of 6 x 6 x 3 x 3
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
