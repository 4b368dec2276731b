using System.Reflection;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Crossbench.Tests.Torch;

public sealed class CoverageTests
{
    /// <summary>Members with a tensor result that are no operation on values, or that are random: other test classes have them.</summary>
    private static readonly HashSet<string> Elsewhere =
    [
        nameof(Tensor.UnsafeCreateTensor), nameof(Tensor.MoveToOuterDisposeScope), nameof(Tensor.DetachFromDisposeScope), nameof(Tensor.MoveToOtherDisposeScope),
        nameof(WrappedTensorDisposeScope), nameof(Tensor.requires_grad_), nameof(Tensor.cuda), nameof(rand), nameof(randn), nameof(randint), nameof(randperm),
        nameof(rand_like), nameof(randn_like), nameof(multinomial), nameof(Tensor.normal_), nameof(Tensor.uniform_),
    ];

    [Fact]
    public void EveryOperation_OfTheBinding_IsComparedWithASlowForm()
    {
        var compared = OperationTests.Members.ToHashSet();
        var missing = new[] { typeof(Tensor), typeof(torch), typeof(nn.functional) }.SelectMany(Operations).Where(name => !compared.Contains(name) && !Elsewhere.Contains(name)).Distinct();
        Assert.Empty(missing);
    }

    [Fact]
    public void EveryCase_NamesAMember()
    {
        var members = new[] { typeof(Tensor), typeof(torch), typeof(nn.functional) }.SelectMany(t => t.GetMembers()).Select(m => m.Name).ToHashSet();
        Assert.Empty(OperationTests.Members.Where(m => !members.Contains(m)).Distinct());
    }

    [Fact]
    public void CaseNames_AreUnique() => Assert.Equal(OperationTests.Names.Count, OperationTests.Names.Distinct().Count());

    private static IEnumerable<string> Operations(Type type)
        => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(IsOperation)
            .Select(m => m.IsSpecialName && m.Name is "get_T" or "get_mT" ? m.Name[4..] : m.Name)
            .Where(name => !name.StartsWith("get_g", StringComparison.Ordinal));

    private static bool IsOperation(MethodInfo m)
        => m.Name == "set_Item" || m.ReturnType == typeof(Tensor) || m.ReturnType == typeof(Tensor[]) || m.ReturnType == typeof((Tensor, Tensor));
}
