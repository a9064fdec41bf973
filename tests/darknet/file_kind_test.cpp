#include "darknet/file_kind.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using namespace std::string_view_literals;
using test::weights_file;

TEST(FileKind, OfACfgComesBehindBlanksAndComments) {
  for (const auto text : {"[net]\n"sv, "# yolo\n\n; tiny\r\n [ net ]\n"sv, "\xEF\xBB\xBF[net]"sv,
                          "#a\r[net]\r"sv, "[Convolutional]"sv}) {
    EXPECT_EQ(kind_of_bytes(text), FileKind::kCfg) << text;
  }
  for (const auto text : {""sv, "#"sv, "# [net]"sv, "["sv, "[ "sv, "[1, 2]"sv, "net"sv}) {
    EXPECT_EQ(kind_of_bytes(text), FileKind::kUnknown) << text;
  }
}

TEST(FileKind, OfWeightsShowsInTheirVersion) {
  EXPECT_EQ(kind_of_bytes(weights_file(0, 2, {})), FileKind::kWeights);
  EXPECT_EQ(kind_of_bytes(weights_file(0, 1, {})), FileKind::kWeights);
  EXPECT_EQ(kind_of_bytes(weights_file(0, 0, {})), FileKind::kUnknown);
  EXPECT_EQ(kind_of_bytes(weights_file(0, 101, {})), FileKind::kUnknown);
  EXPECT_EQ(kind_of_bytes(weights_file(0, 2, {}).substr(0, 15)), FileKind::kUnknown);
}

TEST(FileKind, OfDataFiles) {
  EXPECT_EQ(kind_of_bytes("classes= 2\nnames = x\n"), FileKind::kData);
  EXPECT_EQ(kind_of_bytes("\xEF\xBB\xBF\n# mine\n ;\n\tvalid\t=a.txt"), FileKind::kData);
  for (const std::string_view text : {"class=2", "classes", "a.jpg\nnames=x", "names", "= names",
                                      "a.jpg=b", "filters=255\nclasses=2"}) {
    EXPECT_EQ(kind_of_bytes(text), FileKind::kUnknown) << text;
  }
  EXPECT_EQ(kind_of_bytes("[net]\nclasses=2"), FileKind::kCfg);
}

TEST(FileKind, OfDownloadsThatWentWrong) {
  EXPECT_EQ(kind_of_bytes("<!DOCTYPE html><html><head>"), FileKind::kHtml);
  EXPECT_EQ(kind_of_bytes("\n\n\n<!doctype HTML>"), FileKind::kHtml);
  EXPECT_EQ(kind_of_bytes("<HTML lang=en>"), FileKind::kHtml);
  EXPECT_EQ(kind_of_bytes("<htm"), FileKind::kUnknown);
  EXPECT_EQ(kind_of_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:"),
            FileKind::kLfsPointer);
  EXPECT_EQ(kind_of_bytes("PK\x03\x04"), FileKind::kZip);
  EXPECT_EQ(kind_of_bytes("\x1F\x8B\x08"), FileKind::kGzip);
}

TEST(FileKind, OfAFileIsThatOfItsStart) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(kind_of_file(folder.write("a", "#" + std::string(5000, ' ') + "\n[net]")),
            FileKind::kUnknown);
  EXPECT_EQ(kind_of_file(folder.write("b", "[net]\n" + std::string(5000, '\n'))), FileKind::kCfg);
  EXPECT_EQ(kind_of_file(folder.path()), FileKind::kUnknown);
  EXPECT_EQ(kind_of_file(folder.path() / "no"), FileKind::kUnknown);
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(kind_of_file(folder.path() / "pipe"), FileKind::kUnknown);
}

TEST(FileKind, HasWordsForEach) {
  EXPECT_EQ(called(FileKind::kCfg), "a cfg file");
  EXPECT_EQ(called(FileKind::kData), "a Darknet .data file");
  EXPECT_EQ(called(FileKind::kWeights), "a Darknet weights file");
  EXPECT_EQ(called(FileKind::kHtml), "an HTML page, perhaps saved in place of a download");
  EXPECT_EQ(called(FileKind::kLfsPointer),
            "a Git LFS pointer, which stands for a file that \"git lfs pull\" downloads");
  EXPECT_EQ(called(FileKind::kZip), "a ZIP archive, as PyTorch's models are");
  EXPECT_EQ(called(FileKind::kGzip), "a gzip archive");
}

}  // namespace
}  // namespace yolofleet::darknet
