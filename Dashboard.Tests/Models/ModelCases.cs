using Xunit;

namespace Crossbench.Tests.Models;

/// <summary>All modes that the contract tests go over; every architecture has at least one.</summary>
public static class ModelCases
{
    /// <summary>The list.</summary>
    internal static IReadOnlyList<ModelCase> All { get; } =
    [
        .. GqaTests.Cases,
        .. MhlaTests.Cases,
        .. MigTests.Cases,
        .. SilTests.Cases,
        .. AsrTests.Cases,
        .. Mamba2Tests.Cases,
        .. Rwkv6Tests.Cases,
        .. RetNetTests.Cases,
        .. AsteriskTests.Cases,
        .. NanohammerTests.Cases,
        .. MoaMetricTests.Cases,
        .. SmatTests.Cases,
        .. StackTests.Cases,
        .. ConvStubTests.Cases,
    ];

    /// <summary>Names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(item => item.Name)];

    /// <summary>The first mode of each architecture.</summary>
    public static TheoryData<string> FirstOfEach => [.. All.GroupBy(item => item.Architecture.Id).Select(group => group.First().Name)];

    /// <summary>Names of modes whose loss is smooth.</summary>
    public static TheoryData<string> Smooth => [.. All.Where(item => item.IsSmooth).Select(item => item.Name)];

    /// <summary>Names of modes with dropout.</summary>
    public static TheoryData<string> WithDropout => [.. All.Where(item => item.Drops).Select(item => item.Name)];

    /// <summary>Names of modes whose decoding state does not grow.</summary>
    public static TheoryData<string> Recurrent => [.. All.Where(item => item.StateNumbers is not null).Select(item => item.Name)];

    internal static ModelCase Find(string name) => All.Single(item => item.Name == name);
}
