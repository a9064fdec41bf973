#include "darknet/shared_weights.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <string>
#include <vector>

#include "darknet/support.hpp"
#include "darknet/weights.hpp"
#include "graph/fold_batch_normalization.hpp"

/// Convolutions that use the weights of another one (share_index).
namespace yolofleet::darknet {
namespace {

using test::cfg_with;
using test::refusal;
using test::refusal_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Layer 0, lines 5 to 7, with 3 channels of input and output.
const std::string kOwner = "[convolutional]\nfilters=3\nbatch_normalize=1\n";

std::string sharer(const std::string& index, const std::string& options = "") {
  return "[convolutional]\nfilters=3\nshare_index=" + index + "\n" + options;
}

graph::Network network_of(const std::string& sections) {
  return test::import(cfg_with(sections)).network.value();
}

const graph::Convolution& convolution(const graph::Network& network, std::size_t index) {
  return std::get<graph::Convolution>(network.layers()[index].operation);
}

TEST(ShareIndex, CountsFromTheFrontOrBack) {
  for (const std::string index : {"0", "-2"}) {
    const auto network = network_of(kOwner + "[dropout]\n" + sharer(index));
    EXPECT_EQ(convolution(network, 2).share_index, 0) << index;
  }
  EXPECT_FALSE(convolution(network_of(kOwner), 0).share_index.has_value());
}

TEST(ShareIndex, OfASharerIsTheOwners) {
  const auto network = network_of(kOwner + sharer("0") + sharer("-1") + sharer("2"));
  EXPECT_EQ(convolution(network, 2).share_index, 0);
  EXPECT_EQ(convolution(network, 3).share_index, 0);
}

TEST(ShareIndex, LeavesStridesPaddingDilationAndActivationToEach) {
  const auto network = network_of(
      "[convolutional]\nfilters=3\nsize=3\npad=1\n" +
      sharer("0", "size=3\nstride=2\npad=1\ndilation=2\nactivation=mish\nantialiasing=1\n"));
  const graph::Convolution& op = convolution(network, 1);
  EXPECT_EQ(op.stride_x, 2);
  EXPECT_EQ(op.dilation, 2);
  EXPECT_EQ(op.padding, 2);
  EXPECT_EQ(op.activation, graph::Activation::kMish);
  EXPECT_EQ(op.blur, graph::kBinomialBlur);
}

TEST(ShareIndex, MustNameAnEarlierConvolutionOfTheSameForm) {
  EXPECT_EQ(refusal_of(cfg_with(sharer("0"))),
            "malformed: a.cfg:7: [convolutional] share_index=0: this is the first layer: there is "
            "none before it");
  EXPECT_EQ(refusal_of(cfg_with(kOwner + sharer("1"))),
            "malformed: a.cfg:10: [convolutional] share_index=1: \"1\" is no layer before this "
            "one, which is layer 1: allowed are 0 to 0, or -1 to -1 counted back from it");
  EXPECT_EQ(refusal_of(cfg_with(kOwner + "[dropout]\n" + sharer("1"))),
            "mismatch: a.cfg:11: [convolutional] share_index=1: layer 1 is [dropout] (line 8); "
            "must be a [convolutional]");
  const std::string start =
      "mismatch: a.cfg:10: [convolutional] share_index=0: layer 0 (line 5) has filters=3, size=1, "
      "groups=1 and 3 input channels; this layer has ";
  const std::string end = ": they must be alike";
  EXPECT_EQ(refusal_of(cfg_with(kOwner + sharer("0", "size=3\npad=1\n"))),
            start + "filters=3, size=3, groups=1 and 3 input channels" + end);
  EXPECT_EQ(refusal_of(cfg_with(kOwner + sharer("0", "groups=3\n"))),
            start + "filters=3, size=1, groups=3 and 3 input channels" + end);
  EXPECT_EQ(refusal_of(cfg_with(kOwner + "[convolutional]\nfilters=4\nshare_index=0\n")),
            start + "filters=4, size=1, groups=1 and 3 input channels" + end);
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\nfilters=3\n[route]\nlayers=0,0\n" + sharer("0"))),
            "mismatch: a.cfg:11: [convolutional] share_index=0: layer 0 (line 5) has filters=3, "
            "size=1, groups=1 and 3 input channels; this layer has filters=3, size=1, groups=1 and "
            "6 input channels: they must be alike");
}

TEST(ShareIndex, SharedParametersCountForTheLimit) {
  EXPECT_EQ(refusal_of("[net]\nwidth=1\nheight=1\nchannels=1\n[convolutional]\nfilters=30000\n"
                       "[convolutional]\nfilters=30000\n[convolutional]\nfilters=30000\n"
                       "share_index=1\n" +
                       std::string{test::kHead}),
            "too_large: a.cfg:9: [convolutional]: up to here the network has 1800120000 "
            "parameters, 3600060000 FLOPs and 90000 elements in its layers' outputs; at most "
            "1073741824, 1125899906842624 and 8589934592 are allowed");
}

/// An owner, two sharers and the head's convolution: 21, 0, 0 and 24 floats.
class SharedWeights : public ::testing::Test {
 protected:
  Result<void> read(std::size_t count) {
    std::vector<float> floats(count);
    std::iota(floats.begin(), floats.end(), 1.0F);
    std::vector<std::string> warnings;
    return read_weights(folder_.write("a.weights", test::weights_file(0, 2, floats)), network_,
                        false, warnings);
  }

  test::TemporaryFolder folder_;
  graph::Network network_ =
      network_of(kOwner + sharer("0", "batch_normalize=1\nactivation=leaky\n") + sharer("-1"));
};

TEST_F(SharedWeights, StandInTheFileOnce) {
  ASSERT_EQ(network_.parameters(), 45);
  EXPECT_EQ(network_.layers()[1].parameters, 0);
  ASSERT_EQ(refusal(read(45)), "accepted");
  EXPECT_THAT(convolution(network_, 0).weights.bias, ElementsAre(1, 2, 3));
  EXPECT_THAT(convolution(network_, 1).weights.bias, IsEmpty());
  EXPECT_THAT(convolution(network_, 1).weights.kernel, IsEmpty());
  EXPECT_EQ(convolution(network_, 3).weights.bias.front(), 22.0F);
  EXPECT_EQ(convolution(network_, 3).weights.kernel.back(), 45.0F);
  EXPECT_FALSE(read(44));
  EXPECT_FALSE(read(46));
}

TEST_F(SharedWeights, AreTheOwnersWithItsNormalisation) {
  ASSERT_EQ(refusal(read(45)), "accepted");
  ASSERT_TRUE(graph::fold_batch_normalization(network_));
  const graph::ConvolutionWeights& weights = graph::weights_of(network_, convolution(network_, 0));
  EXPECT_EQ(&weights, &convolution(network_, 0).weights);
  EXPECT_EQ(&graph::weights_of(network_, convolution(network_, 1)), &weights);
  EXPECT_EQ(&graph::weights_of(network_, convolution(network_, 2)), &weights);
  EXPECT_EQ(&graph::weights_of(network_, convolution(network_, 3)),
            &convolution(network_, 3).weights);
  EXPECT_THAT(weights.scale, IsEmpty());
  // bias 1 - scale 4 * mean 7 / sqrt(variance 10 + epsilon)
  EXPECT_FLOAT_EQ(weights.bias.front(), -7.854373F);
}

}  // namespace
}  // namespace yolofleet::darknet
