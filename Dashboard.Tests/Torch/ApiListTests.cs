using TorchSharp;
using Xunit;

namespace Crossbench.Tests.Torch;

public sealed class ApiListTests
{
    /// <summary>Types that the list uses in its signatures without stating their members; these are TorchSharp's.</summary>
    private static readonly Dictionary<string, string[]> NamedOnly = new()
    {
        ["TorchSharp.Padding"] = ["Valid=0, Same=1"],
        ["TorchSharp.PaddingModes"] = ["Zeros=0, Reflect=1, Replicate=2, Circular=3, Constant=4"],
        ["TorchSharp.torch.RoundingMode"] = ["None=0, trunc=1, floor=2"],
        ["TorchSharp.torch.nn.Reduction"] = ["None=0, Mean=1, Sum=2"],
        ["TorchSharp.torch.nn.init.FanInOut"] = ["FanIn=0, FanOut=1"],
        ["TorchSharp.torch.nn.init.NonlinearityType"] =
            ["Linear=0, Conv1D=1, Conv2D=2, Conv3D=3, ConvTranspose1D=4, ConvTranspose2D=5, ConvTranspose3D=6, Sigmoid=7, Tanh=8, ReLU=9, LeakyReLU=10"],
        ["TorchSharp.Modules.GELU.Approximate"] = ["none=0, tanh=1"],
        ["TorchSharp.Modules.OptimizerOptions"] = ["new OptimizerOptions()", "double? LearningRate;", "double? InitialLearningRate;"],
        ["TorchSharp.Modules.ParameterLessModule<T1,TResult>"] = ["protected new ParameterLessModule`2(string name)"],
        ["TorchSharp.Modules.Conv1d"] = ["override Tensor forward(Tensor input)"],
        ["TorchSharp.torch.nn.HookableModule<TPreHook,TPostHook>"] = ["protected new HookableModule`2(string name)"],
        ["TorchSharp.torch.nn.IModule<T,TResult>"] = ["abstract TResult call(T input1)"],
        ["TorchSharp.torch.nn.IModule<T1,T2,TResult>"] = ["abstract TResult call(T1 input1, T2 input2)"],
        ["TorchSharp.torch.optim.IBetas"] = ["abstract (double, double) Betas { get; set; }"],
    };

    /// <summary>What the list leaves out of its types, though TorchSharp has it.</summary>
    private static readonly string[] LeftOut = ["TorchSharp.torch.nn.Module: protected virtual void Dispose(bool disposing)"];

    private static readonly string[] Containers = ["TorchSharp.torch", "TorchSharp.torch.backends"];

    [Fact]
    public void EveryMember_OfTheBinding_StandsInTheList()
    {
        var list = ApiList.Load();
        var strange = Exported().SelectMany(t => Strange(list, t)).Except(LeftOut).ToList();
        Assert.True(strange.Count == 0, $"Not in torchsharp-api.txt:\n{string.Join("\n", strange)}");
    }

    [Fact]
    public void Printer_OnTheList_FindsMostOfIt()
    {
        var list = ApiList.Load();
        var found = Exported().Where(t => list.Knows(ApiPrinter.FullName(t))).Sum(t => ApiPrinter.Members(t).Count(m => list.States(ApiPrinter.FullName(t), m)));
        Assert.True(found > 450, $"only {found} members were recognised: the printer or the list is broken");
    }

    [Fact]
    public void Types_OutsideTheNamespace_AreTheBindingsOwn()
        => Assert.All(typeof(torch).Assembly.GetExportedTypes(), t => Assert.Matches("^(TorchSharp|Dashboard[.]Torch)", t.Namespace!));

    private static IEnumerable<Type> Exported() => typeof(torch).Assembly.GetExportedTypes().Where(t => t.Namespace!.StartsWith("TorchSharp", StringComparison.Ordinal));

    private static IEnumerable<string> Strange(ApiList list, Type type)
    {
        var name = ApiPrinter.FullName(type);
        var members = ApiPrinter.Members(type);
        if (NamedOnly.TryGetValue(name, out var known))
        {
            return members.Except(known).Select(m => $"{name}: {m}");
        }

        if (list.Knows(name))
        {
            return members.Where(m => !list.States(name, m)).Select(m => $"{name}: {m}");
        }

        return Containers.Contains(name) ? members.Select(m => $"{name}: {m}") : [$"{name}: the type itself"];
    }
}
