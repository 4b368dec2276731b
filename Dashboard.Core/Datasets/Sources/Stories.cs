using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Crossbench.Datasets.Corpora;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>stories</c>.</summary>
public sealed record StoriesOptions : TextualOptions
{
    /// <summary>Number of stories to train on, about 1,100 bytes each; an eighth as many are told beside them for testing and validation.</summary>
    [Range(100, 1_000_000)]
    [Display(Name = "Stories", Description = "Number of stories to train on, about 1,100 bytes each; an eighth as many are told for testing and validation.", Prompt = "stories", Order = -1)]
    public int Stories { get; init; } = 20_000;

    /// <summary>Seed of the stories themselves; the run's seed only chooses among them.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Story seed", Description = "Seed of the stories themselves; runs to be compared share it.", Order = -1)]
    public int Seed { get; init; }
}

/// <summary>
/// Short children's stories told by a grammar of ours, the same on every machine, so that a run without any file or network learns real prose. Each story is a
/// document. Stories for testing and validation are told apart from those for training, so that a look at fewer or more stories never meets one that was
/// trained on.
/// </summary>
public sealed class Stories : TextDataset<StoriesOptions>
{
    /// <inheritdoc/>
    public override string Id => "stories";

    /// <inheritdoc/>
    public override string Title => "Stories";

    /// <inheritdoc/>
    public override string Summary => "Short children's stories from a generator; needs no file and no network.";

    /// <inheritdoc/>
    public override DatasetOptions Glimpse => new StoriesOptions { Stories = 100 };

    /// <inheritdoc/>
    private protected override (TextBody? Body, SpecProblem? Problem) BodyOf(StoriesOptions options) => (new StoryBody(options.Seed, options.Stories), null);
}

/// <summary>The stories of a seed.</summary>
/// <param name="seed">The seed.</param>
/// <param name="count">How many to train on.</param>
internal sealed class StoryBody(int seed, int count) : TextBody
{
    private const long UsualBytes = 1100;

    /// <summary>One story for evaluation to so many for training.</summary>
    private const int TrainingPerHeldOut = 8;

    public override string Subject => string.Create(CultureInfo.InvariantCulture, $"{count:N0} stories have");

    public override string ProblemPath => "dataset.stories";

    public override long Bytes => (count + HeldOut) * UsualBytes;

    private int HeldOut => count / TrainingPerHeldOut;

    public override string Key(DataFolder folder) => string.Create(CultureInfo.InvariantCulture, $"stories/{StoryBook.Version}/{seed}/{count}+{HeldOut}");

    public override void Read(IDocumentSink sink)
    {
        for (var i = 0; i < count; i++)
        {
            Pass(StoryBook.Tell(seed, i));
        }

        sink.BeginHeldOut();
        for (var i = 0; i < HeldOut; i++)
        {
            Pass(StoryBook.TellHeldOut(seed, i));
        }

        void Pass(string text)
        {
            var story = Encoding.UTF8.GetBytes(text);
            sink.Text(story);
            sink.EndDocument();
            sink.Advance(story.Length);
        }
    }
}
