#include "yolofleet/model.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "darknet/support.hpp"
#include "graph/network.hpp"

namespace yolofleet {
namespace {

using darknet::test::cfg_with;
using darknet::test::refusal;
using darknet::test::TemporaryFolder;
using darknet::test::weights_file;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// 8 x 31 and 6 x 9 parameters, one class.
constexpr std::string_view kSections =
    "[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nbatch_normalize=1\nactivation=mish\n";
constexpr int kParameters = 8 * 31 + 6 * 9;

std::string weights(int count = kParameters) {
  return weights_file(0, 2, std::vector<float>(static_cast<std::size_t>(count), 0.5F));
}

/// The matchers of GoogleTest 1.11 don't take a std::span.
std::vector<std::string> list(std::span<const std::string> items) {
  return {items.begin(), items.end()};
}

class ModelFolder : public ::testing::Test {
 protected:
  ModelFolder() {
    files_.cfg = folder_.write("cat.cfg", cfg_with(kSections));
    files_.weights = folder_.write("cat.weights", weights());
    files_.names = folder_.write("cat.names", "cat\n");
  }

  TemporaryFolder folder_;
  ModelFiles files_;
};

TEST_F(ModelFolder, LoadsFromItsFiles) {
  const Model model = Model::load(files_).value();
  EXPECT_EQ(model.name(), "cat");
  EXPECT_EQ(model.input_size(), (InputSize{64, 64}));
  EXPECT_EQ(model.input_channels(), 3);
  EXPECT_EQ(model.class_count(), 1);
  EXPECT_THAT(list(model.names()), ElementsAre("cat"));
  EXPECT_FALSE(model.letterbox());
  EXPECT_THAT(model.warnings(), IsEmpty());
  EXPECT_EQ(model.parameters(), kParameters);
  EXPECT_TRUE(model.has_weights());
}

TEST_F(ModelFolder, LoadsFromTheFolder) {
  const Model model = Model::load(folder_.path()).value();
  EXPECT_EQ(model.name(), "cat");
  EXPECT_THAT(list(model.names()), ElementsAre("cat"));
  EXPECT_TRUE(model.has_weights());
}

TEST_F(ModelFolder, FoldsTheBatchNormalisation) {
  const Model model = Model::load(files_).value();
  const auto& first = std::get<graph::Convolution>(model.network().layers()[0].operation);
  EXPECT_THAT(first.weights.scale, IsEmpty());
  // 0.5 * 0.5 / sqrt(0.5 + 1e-5) and 0.5 less the same.
  EXPECT_FLOAT_EQ(first.weights.kernel[0], 0.35354985F);
  EXPECT_FLOAT_EQ(first.weights.bias[0], 0.14645015F);
}

TEST_F(ModelFolder, TellsItsLayers) {
  const std::vector<LayerInfo> layers = Model::load(files_).value().layers();
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].index, 0);
  EXPECT_EQ(layers[0].line, 5);
  EXPECT_EQ(layers[0].kind, "convolutional");
  EXPECT_EQ(layers[0].notes, "8 3x3/2 mish");
  EXPECT_EQ(layers[0].input_channels, 3);
  EXPECT_EQ(layers[0].input_height, 64);
  EXPECT_EQ(layers[0].input_width, 64);
  EXPECT_EQ(layers[0].output_channels, 8);
  EXPECT_EQ(layers[0].output_height, 32);
  EXPECT_EQ(layers[0].output_width, 32);
  EXPECT_EQ(layers[0].parameters, 8 * 31);
  EXPECT_EQ(layers[0].flops, 2 * 27 * 8 * 32 * 32);
  EXPECT_EQ(layers[2].index, 2);
  EXPECT_EQ(layers[2].kind, "yolo");
  EXPECT_EQ(layers[2].notes, "mask 0");
}

TEST_F(ModelFolder, TellsItsHeads) {
  LoadOptions options;
  options.input_size = InputSize{96, 64};
  const std::vector<HeadInfo> heads = Model::load(files_, options).value().heads();
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_EQ(heads[0].layer, 2);
  EXPECT_EQ(heads[0].rows, 32);
  EXPECT_EQ(heads[0].columns, 48);
  EXPECT_EQ(heads[0].stride, 2);
  EXPECT_EQ(heads[0].classes, 1);
  EXPECT_THAT(heads[0].anchors, ElementsAre(std::array{10.0F, 20.0F}));
}

TEST_F(ModelFolder, RoundsTheStrideOfAHead) {
  LoadOptions options;
  options.input_size = InputSize{63, 64};
  EXPECT_EQ(Model::load(files_, options).value().heads()[0].stride, 2);
}

TEST_F(ModelFolder, WithoutNamesClassesHaveNumbers) {
  files_.names.clear();
  EXPECT_THAT(list(Model::load(files_).value().names()), ElementsAre("0"));
}

TEST_F(ModelFolder, TakesNamesAndClassesFromADataFile) {
  files_.names.clear();
  files_.data = folder_.write("cat.data", "classes=1\nnames=cat.names\nname=x\n");
  const Model model = Model::load(files_).value();
  EXPECT_THAT(list(model.names()), ElementsAre("cat"));
  EXPECT_THAT(list(model.warnings()),
              ElementsAre(files_.data.string() + ":3: name=x: ignored: the key is unknown"));
  files_.names = folder_.write("dog.names", "dog\n");
  EXPECT_THAT(list(Model::load(files_).value().names()), ElementsAre("dog")) << "named";
}

TEST_F(ModelFolder, RefusesTheDataFileOfAnotherModel) {
  files_.names.clear();
  files_.data = folder_.write("cat.data", "names=cat.names\nclasses=2\n");
  EXPECT_EQ(refusal(Model::load(files_)), "mismatch: " + files_.data.string() +
                                              ":2: classes=2, but the network of " +
                                              files_.cfg.string() + " has 1 classes");
  files_.data = folder_.write("cat.data", "classes=1\n");
  EXPECT_EQ(refusal(Model::load(files_)),
            "not_found: " + files_.data.string() + ": has no line names=FILE");
}

TEST_F(ModelFolder, TellsWhichClassesAreHidden) {
  EXPECT_FALSE(Model::load(files_).value().is_hidden(0));
  files_.names = folder_.write("cat.names", "dont_showcat\n");
  EXPECT_TRUE(Model::load(files_).value().is_hidden(0));
  files_.names = folder_.write("cat.names", "dont show\n");
  EXPECT_FALSE(Model::load(files_).value().is_hidden(0));
}

TEST_F(ModelFolder, CopiesShareOneNetwork) {
  const Model model = Model::load(files_).value();
  const Model copy = model;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(&copy.network(), &model.network());
}

TEST_F(ModelFolder, LoadsWithoutWeights) {
  const Model model = Model::load_architecture(files_.cfg).value();
  EXPECT_FALSE(model.has_weights());
  EXPECT_EQ(model.parameters(), kParameters);
  EXPECT_EQ(model.flops(), Model::load(files_).value().flops());
  EXPECT_THAT(list(model.names()), ElementsAre("0"));
}

TEST_F(ModelFolder, RefusesPartsThatDontBelongTogether) {
  folder_.write("cat.names", "cat\ndog\n");
  EXPECT_EQ(refusal(Model::load(files_)),
            "mismatch: " + files_.names.string() + ": 2 names, but the network has 1 classes");
  folder_.write("cat.names", "cat\n");
  folder_.write("cat.weights", weights(kParameters + 1));
  EXPECT_EQ(refusal(Model::load(files_)),
            "mismatch: " + files_.weights.string() +
                ": 1232 bytes, 4 more than the 1228 that cat needs: it is of another model");
  LoadOptions options;
  options.allow_trailing_weights = true;
  EXPECT_THAT(Model::load(files_, options).value().warnings(), ::testing::SizeIs(1));
}

TEST_F(ModelFolder, AnErrorHasTheWarningsBeforeIt) {
  files_.data = folder_.write("cat.data", "classes=1\nnames=cat.names\nname=x\n");
  folder_.write("cat.weights", weights(kParameters + 1));
  const std::string warning = files_.data.string() + ":3: name=x: ignored: the key is unknown";
  EXPECT_THAT(Model::load(files_).error().warnings, ElementsAre(warning));
  folder_.write("cat.names", "cat\ndog\n");
  EXPECT_THAT(Model::load_architecture(files_).error().warnings, ElementsAre(warning));
  EXPECT_THAT(Model::load(folder_.path() / "gone").error().warnings, IsEmpty());
}

TEST_F(ModelFolder, LoadsNamesWithoutWeights) {
  files_.weights.clear();
  const Model model = Model::load_architecture(files_).value();
  EXPECT_FALSE(model.has_weights());
  EXPECT_THAT(list(model.names()), ElementsAre("cat"));
}

TEST_F(ModelFolder, RefusesWeightsThatCantBeFolded) {
  std::vector<float> values(kParameters, 0.5F);
  values[8] = 3e38F;  // a scale
  values[24] = 0.0F;  // its variance
  folder_.write("cat.weights", weights_file(0, 2, values));
  EXPECT_EQ(refusal(Model::load(files_)),
            "malformed: " + files_.weights.string() +
                ": layer 0 ([convolutional] of line 5): filter 0 is beyond the range of float once "
                "its batch normalisation is folded in");
}

TEST_F(ModelFolder, RefusesFilesThatArentThere) {
  const ModelFiles no_cfg{folder_.path() / "no.cfg", files_.weights, files_.names};
  EXPECT_EQ(Model::load(no_cfg).error().code, ErrorCode::kNotFound);
  const ModelFiles no_weights{files_.cfg, folder_.path() / "no.weights", files_.names};
  EXPECT_EQ(Model::load(no_weights).error().code, ErrorCode::kNotFound);
  const ModelFiles no_names{files_.cfg, files_.weights, folder_.path() / "no.names"};
  EXPECT_EQ(Model::load(no_names).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Model::load_architecture(no_cfg.cfg).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelFolder, RefusesAFolderWithTooManyOrTooFewFiles) {
  const std::string folder = folder_.path().string();
  folder_.write("dog.weights", weights());
  EXPECT_EQ(refusal(Model::load(folder_.path())),
            "mismatch: " + folder +
                ": has 2 .weights files (cat.weights, dog.weights); there must be one, or name the "
                "files");
  folder_.write("eel.weights", weights());
  EXPECT_EQ(refusal(Model::load(folder_.path())),
            "mismatch: " + folder +
                ": has 3 .weights files (cat.weights, dog.weights ...); there must be one, or name "
                "the files");
  for (const char* name : {"cat.weights", "dog.weights", "eel.weights"}) {
    std::filesystem::remove(folder_.path() / name);
  }
  EXPECT_EQ(refusal(Model::load(folder_.path())),
            "not_found: " + folder + ": has no .weights file");
  std::filesystem::remove(files_.cfg);
  EXPECT_EQ(refusal(Model::load(folder_.path())), "not_found: " + folder + ": has no .cfg file");
}

TEST_F(ModelFolder, NamesMayBeMissingInAFolderButNotTwo) {
  folder_.write("more.names", "cat\n");
  EXPECT_EQ(refusal(Model::load(folder_.path())),
            "mismatch: " + folder_.path().string() +
                ": has 2 .names files (cat.names, more.names); there must be one, or name the "
                "files");
  std::filesystem::remove(folder_.path() / "more.names");
  std::filesystem::remove(files_.names);
  EXPECT_THAT(list(Model::load(folder_.path()).value().names()), ElementsAre("0"));
}

TEST_F(ModelFolder, EndingsMayBeInUpperCaseAndMacosAddsFiles) {
  std::filesystem::rename(files_.cfg, folder_.path() / "CAT.CFG");
  std::filesystem::rename(files_.weights, folder_.path() / "CAT.WEIGHTS");
  std::filesystem::rename(files_.names, folder_.path() / "CAT.Names");
  folder_.write("._CAT.CFG", "x");
  folder_.write("._CAT.WEIGHTS", "x");
  const Model model = Model::load(folder_.path()).value();
  EXPECT_EQ(model.name(), "CAT");
  EXPECT_THAT(list(model.names()), ElementsAre("cat"));
}

TEST_F(ModelFolder, TakesItsNamesFromClassesTxtIfThereIsNoNamesFile) {
  folder_.write("notes.txt", "dog\ndog\n");
  folder_.write("Classes.txt", "tom\n");
  EXPECT_THAT(list(Model::load(folder_.path()).value().names()), ElementsAre("cat"));
  std::filesystem::remove(files_.names);
  EXPECT_THAT(list(Model::load(folder_.path()).value().names()), ElementsAre("tom"));
  std::filesystem::remove(folder_.path() / "Classes.txt");
  EXPECT_THAT(list(Model::load(folder_.path()).value().names()), ElementsAre("0"));
}

TEST_F(ModelFolder, CfgAndWeightsThatAreSwappedAreNamed) {
  const ModelFiles swapped{files_.weights, files_.cfg, files_.names};
  EXPECT_EQ(refusal(Model::load(swapped)),
            "malformed: " + files_.weights.string() + " is a Darknet weights file, and " +
                files_.cfg.string() + " is a cfg file: the two are swapped");
  EXPECT_EQ(refusal(Model::load({files_.weights, files_.weights, {}})),
            "malformed: " + files_.weights.string() +
                ": is a Darknet weights file; a cfg file is needed");
  EXPECT_EQ(
      refusal(Model::load({files_.cfg, files_.cfg, {}})),
      "malformed: " + files_.cfg.string() + ": is a cfg file; a Darknet weights file is needed");
}

TEST_F(ModelFolder, AVarianceALittleUnderZeroIsFolded) {
  std::vector<float> values(kParameters, 0.5F);
  values[24] = -7e-44F;
  folder_.write("cat.weights", weights_file(0, 2, values));
  const Model model = Model::load(files_).value();
  const auto& first = std::get<graph::Convolution>(model.network().layers()[0].operation);
  // 0.5 * 0.5 / sqrt(1e-5).
  EXPECT_FLOAT_EQ(first.weights.kernel[0], 79.056942F);
}

TEST_F(ModelFolder, RefusesWhatIsNoFolder) {
  EXPECT_EQ(refusal(Model::load(folder_.path() / "no")),
            "not_found: " + folder_.path().string() + "/no: no such folder");
  EXPECT_EQ(refusal(Model::load(std::filesystem::path{files_.cfg})),
            "io: " + files_.cfg.string() + ": can't be read as a folder: Not a directory");
}

}  // namespace
}  // namespace yolofleet
