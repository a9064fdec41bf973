#include <gmock/gmock.h>

#include <random>

#include "darknet/names.hpp"
#include "darknet/support.hpp"

/// Whatever the bytes are, they are taken or refused with a message.
namespace yolofleet::darknet {
namespace {

using test::import;

/// One of each section.
const std::string& whole() {
  static const std::string text = test::cfg_with(
      "[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nbatch_normalize=1\ngroups=1\n"
      "activation=mish\n[maxpool]\nsize=2\nstride=2\n[avgpool]\n[scale_channels]\nfrom=1\n"
      "[convolutional]\nfilters=8\nsize=3\npad=1\ndilation=2\n[shortcut]\nfrom=-2\n"
      "weights_type=per_channel\nweights_normalization=softmax\n[sam]\nfrom=-2\n[dropout]\n"
      "[route]\nlayers=-1,3\ngroups=2\ngroup_id=1\n[upsample]\nstride=2\n"
      "[local_avgpool]\nsize=3\nstride=2\npadding=2\n[convolutional]\nfilters=8\n"
      "[convolutional]\nfilters=8\n[convolutional]\nfilters=8\nshare_index=-1\n"
      "[maxpool]\nmaxpool_depth=1\nout_channels=3\n[contrastive]\n[route]\nlayers=-2\n");
  return text;
}

/// True if a refusal says something in one line of printable text, or there is none.
bool is_well_said(const test::Import& result) {
  if (result.network) {
    return true;
  }
  const std::string& message = result.network.error().message;
  return message.starts_with("a.cfg:") && message.find('\n') == std::string::npos &&
         message.size() < 400;
}

TEST(Hostile, TheWholeCfgIsWell) {
  EXPECT_EQ(test::refusal(import(whole()).network), "accepted");
}

TEST(Hostile, EveryPrefixIsTakenOrRefused) {
  for (std::size_t size = 0; size < whole().size(); ++size) {
    EXPECT_TRUE(is_well_said(import(whole().substr(0, size)))) << size;
  }
}

TEST(Hostile, ChangedBytesAreTakenOrRefused) {
  constexpr int kRounds = 5000;
  std::mt19937 random{1};  // NOLINT(bugprone-random-generator-seed,cert-msc51-cpp): repeatable
  constexpr std::string_view kLikely = "0123456789-+,=[]#;.eE\n\r\t x";
  LoadOptions options;
  options.allow_unknown_keys = true;
  for (int round = 0; round < kRounds; ++round) {
    std::string text = whole();
    for (int change = 0; change <= round % 4; ++change) {
      const std::size_t at = random() % text.size();
      const bool likely = random() % 8 != 0;
      text[at] = likely ? kLikely[random() % kLikely.size()] : static_cast<char>(random() % 256);
    }
    EXPECT_TRUE(is_well_said(import(text, options))) << text;
  }
}

TEST(Hostile, HugeNumbersEverywhereAreTakenOrRefused) {
  for (const std::string_view number :
       {"2147483647", "-2147483648", "1023", "65536", "0", "1e30", "99999999999999999999999999"}) {
    const std::string& text = whole();
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
      std::string changed = text;
      changed.replace(at + 1, text.find('\n', at) - at - 1, number);
      EXPECT_TRUE(is_well_said(import(changed))) << changed;
    }
  }
}

TEST(Hostile, AsManyAndAsLargeLayersAsThereMayBeOverflowNothing) {
  std::string text = "[net]\nwidth=16384\nheight=16384\nchannels=1\n";
  for (int i = 0; i < 4000; ++i) {
    text += "[maxpool]\nsize=1023\nstride=1\n";
  }
  EXPECT_EQ(test::refusal_of(text + std::string{test::kHead}).substr(0, 10), "too_large:");
}

TEST(Hostile, ALongLineIsShortInTheMessage) {
  const std::string text = "[net]\n" + std::string(100000, 'k') + "=" + std::string(100000, 'v');
  EXPECT_TRUE(is_well_said(import(text)));
  EXPECT_FALSE(import(text).network);
}

TEST(Hostile, RandomNamesAreTakenOrRefused) {
  std::mt19937 random{2};  // NOLINT(bugprone-random-generator-seed,cert-msc51-cpp): repeatable
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 12, ' ');
    for (char& c : text) {
      c = static_cast<char>(random() % 256);
    }
    refused += parse_names(text, "a.names", 1).has_value() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace yolofleet::darknet
