using Xunit;

namespace Crossbench.Tests.Torch;

/// <summary>Tests that change or measure what the whole process shares (global generator, default type, memory): alone, one after the other.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
