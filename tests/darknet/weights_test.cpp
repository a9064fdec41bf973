#include "darknet/weights.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using test::refusal;
using test::weights_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A convolution with normalisation (2 filters of 3), a weighted shortcut (2 rows), and a plain one
/// for the head (6 filters of 2): 14 + 2 + 18 floats.
constexpr std::string_view kSections =
    "[convolutional]\nfilters=2\nbatch_normalize=1\n"
    "[dropout]\n"
    "[shortcut]\nfrom=0\nweights_type=per_feature\nweights_normalization=relu\n";
constexpr int kFloats = 34;

std::vector<float> floats(int count = kFloats) {
  std::vector<float> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

class Weights : public ::testing::Test {
 protected:
  Result<void> read(const std::string& bytes, bool allow_trailing = false) {
    return read_weights(folder_.write("a.weights", bytes), network_, allow_trailing, warnings_);
  }
  std::string file() const { return (folder_.path() / "a.weights").string(); }
  const graph::ConvolutionWeights& convolution(std::size_t index) const {
    return std::get<graph::Convolution>(network_.layers()[index].operation).weights;
  }

  test::TemporaryFolder folder_;
  graph::Network network_ = test::import(test::cfg_with(kSections)).network.value();
  std::vector<std::string> warnings_;
};

TEST_F(Weights, StandInDarknetsOrder) {
  ASSERT_EQ(network_.parameters(), kFloats);
  ASSERT_EQ(refusal(read(weights_file(0, 2, floats()))), "accepted");
  EXPECT_THAT(convolution(0).bias, ElementsAre(1, 2));
  EXPECT_THAT(convolution(0).scale, ElementsAre(3, 4));
  EXPECT_THAT(convolution(0).mean, ElementsAre(5, 6));
  EXPECT_THAT(convolution(0).variance, ElementsAre(7, 8));
  EXPECT_THAT(convolution(0).kernel, ElementsAre(9, 10, 11, 12, 13, 14));
  EXPECT_THAT(std::get<graph::Shortcut>(network_.layers()[2].operation).weights,
              ElementsAre(15, 16));
  EXPECT_THAT(convolution(3).bias, ElementsAre(17, 18, 19, 20, 21, 22));
  EXPECT_THAT(convolution(3).scale, IsEmpty());
  EXPECT_EQ(convolution(3).kernel.front(), 23.0F);
  EXPECT_EQ(convolution(3).kernel.back(), 34.0F);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Weights, OldHeadersHave16Bytes) {
  const std::string bytes = weights_file(0, 1, floats());
  ASSERT_EQ(bytes.size(), 16U + 4U * kFloats);
  EXPECT_EQ(refusal(read(bytes)), "accepted");
  EXPECT_EQ(convolution(0).bias.front(), 1.0F);
}

TEST_F(Weights, NewHeadersHave20Bytes) {
  for (const auto& [major, minor] : {std::pair{0U, 2U}, std::pair{1U, 0U}, std::pair{0U, 1000U}}) {
    const std::string bytes = weights_file(major, minor, floats());
    ASSERT_EQ(bytes.size(), 20U + 4U * kFloats);
    EXPECT_EQ(refusal(read(bytes)), "accepted");
    EXPECT_EQ(convolution(0).bias.front(), 1.0F);
  }
}

TEST_F(Weights, AreLittleEndian) {
  std::string bytes = weights_file(0, 2, floats());
  bytes.replace(20, 4, std::string_view{"\x00\x00\xC0\x3F", 4});
  ASSERT_EQ(refusal(read(bytes)), "accepted");
  EXPECT_EQ(convolution(0).bias.front(), 1.5F);
}

TEST_F(Weights, ThatAreTooFewNameTheLayerAtWhichTheyEnd) {
  const std::string tail = ". It is cut off or of another model";
  EXPECT_EQ(refusal(read(weights_file(0, 2, floats(33)))),
            "mismatch: " + file() +
                ": too short: a needs 156 bytes of weights, there are 152. The file ends in layer "
                "3 ([convolutional] of line 13), which needs 72 bytes and gets 68" +
                tail);
  EXPECT_EQ(refusal(read(weights_file(0, 2, floats(15)))),
            "mismatch: " + file() +
                ": too short: a needs 156 bytes of weights, there are 80. The file ends in layer 2 "
                "([shortcut] of line 9), which needs 8 bytes and gets 4" +
                tail);
  EXPECT_EQ(refusal(read(weights_file(0, 1, {}))),
            "mismatch: " + file() +
                ": too short: a needs 152 bytes of weights, there are 16. The file ends in layer 0 "
                "([convolutional] of line 5), which needs 56 bytes and gets 0" +
                tail);
}

TEST_F(Weights, EndInTheNextLayerWithWeightsIfTheyEndBetweenTwo) {
  EXPECT_THAT(
      refusal(read(weights_file(0, 2, floats(14)))),
      ::testing::HasSubstr("ends in layer 2 ([shortcut] of line 9), which needs 8 bytes and "
                           "gets 0"));
}

TEST_F(Weights, EveryTruncationIsRefused) {
  const std::string bytes = weights_file(0, 2, floats());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read(bytes.substr(0, size))) << size;
  }
}

TEST_F(Weights, ThatAreTooManyAreRefusedUnlessThatIsAllowed) {
  const std::string bytes = weights_file(0, 2, floats()) + "123";
  const std::string message = file() + ": 159 bytes, 3 more than the 156 that a needs";
  EXPECT_EQ(refusal(read(bytes)), "mismatch: " + message + ": it is of another model");
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_EQ(refusal(read(bytes, true)), "accepted");
  EXPECT_THAT(warnings_, ElementsAre(message + ": the rest is ignored"));
  EXPECT_EQ(convolution(3).kernel.back(), 34.0F);
}

TEST_F(Weights, MustBeFinite) {
  const auto with = [&](std::size_t at, float value) {
    std::vector<float> values = floats();
    values[at] = value;
    return refusal(read(weights_file(0, 2, values)));
  };
  const std::string damaged = ". The file is damaged or of another model";
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(with(1, std::numeric_limits<float>::quiet_NaN()),
            "malformed: " + file() +
                ": layer 0 ([convolutional] of line 5): bias number 1 (of 2) is nan; must be "
                "finite" +
                damaged);
  EXPECT_EQ(with(10, -infinity),
            "malformed: " + file() +
                ": layer 0 ([convolutional] of line 5): kernel number 2 (of 6) is -inf; must be "
                "finite" +
                damaged);
  EXPECT_EQ(with(14, infinity), "malformed: " + file() +
                                    ": layer 2 ([shortcut] of line 9): weights number 0 (of 2) is "
                                    "inf; must be finite" +
                                    damaged);
  EXPECT_EQ(with(33, infinity),
            "malformed: " + file() +
                ": layer 3 ([convolutional] of line 13): kernel number 11 (of 12) is inf; must be "
                "finite" +
                damaged);
}

TEST_F(Weights, MustHaveVariancesThatArePositiveWithTheEpsilon) {
  const auto with = [&](float variance) {
    std::vector<float> values = floats();
    values[7] = variance;
    values[4] = -0.5F;  // a mean may be negative
    return refusal(read(weights_file(0, 2, values)));
  };
  const auto refused = [&](std::string_view variance) {
    return "malformed: " + file() +
           ": layer 0 ([convolutional] of line 5): variance number 1 (of 2) is " +
           std::string{variance} +
           "; must be finite and over -1e-05. The file is damaged or of another model";
  };
  EXPECT_EQ(with(-0.5F), refused("-0.5"));
  EXPECT_EQ(with(-1.1e-5F), refused("-1.1e-05"));
  EXPECT_EQ(with(std::numeric_limits<float>::quiet_NaN()), refused("nan"));
  EXPECT_EQ(with(std::numeric_limits<float>::infinity()), refused("inf"));
  for (const float variance : {-0.0F, -7e-44F, -9e-6F}) {
    EXPECT_EQ(with(variance), "accepted") << variance;
  }
}

TEST_F(Weights, OtherFilesAreNone) {
  EXPECT_EQ(refusal(read("")),
            "malformed: " + file() +
                ": 0 bytes: this is not a Darknet weights file, whose header alone has 16 or 20");
  EXPECT_EQ(refusal(read("versions of a text\n")),
            "malformed: " + file() +
                ": this is not a Darknet weights file: its header would say version "
                "1936876918.1936617321.543584032");
  EXPECT_EQ(refusal(read(weights_file(0, 2, {}).substr(0, 16))),
            "malformed: " + file() + ": 16 bytes: the header of version 0.2 alone has 20");
}

TEST_F(Weights, OfAnotherKnownKindAreNamed) {
  const auto refused = [&](const std::string& kind) {
    return "malformed: " + file() + ": is " + kind + "; a Darknet weights file is needed";
  };
  EXPECT_EQ(refusal(read("\n<!DOCTYPE html><html><body>Not found</body></html>")),
            refused("an HTML page, perhaps saved in place of a download"));
  EXPECT_EQ(refusal(read("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")),
            refused("a Git LFS pointer, which stands for a file that \"git lfs pull\" downloads"));
  EXPECT_EQ(refusal(read(test::cfg_with(""))), refused("a cfg file"));
  EXPECT_EQ(refusal(read("PK\x03\x04 archive/data.pkl")),
            refused("a ZIP archive, as PyTorch's models are"));
  EXPECT_EQ(refusal(read("\x1F\x8B\x08")), refused("a gzip archive"));
}

TEST_F(Weights, MustBeARegularFileThatIsThere) {
  EXPECT_EQ(refusal(read_weights(file(), network_, false, warnings_)),
            "not_found: " + file() + ": can't be read: No such file or directory");
  EXPECT_EQ(refusal(read_weights(folder_.path(), network_, false, warnings_)),
            "io: " + folder_.path().string() + ": is not a regular file");
}

}  // namespace
}  // namespace yolofleet::darknet
