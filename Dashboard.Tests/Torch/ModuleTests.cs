using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Tests.Torch;

public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Names_ComeFromFieldsAttributesAndRegistration()
    {
        var module = new Outer();
        Assert.Equal(
            ["gain", "_plain.weight", "_plain.bias", "renamed.weight", "layers.0.weight", "layers.1.weight"],
            module.named_parameters().Select(p => p.name));
        Assert.Equal(["table"], module.named_buffers().Select(b => b.name));
        Assert.Equal(["_plain", "renamed", "layers", "layers.0", "layers.1"], module.named_modules().Select(m => m.name));
        Assert.Equal(3, module.children().Count());
        Assert.Equal(7, module.state_dict().Count);
        Assert.Equal("outer", module.GetName());
        Assert.Equal("in.gain", module.state_dict(prefix: "in").Keys.First());
        Assert.Same(module.get_parameter("layers.1.weight"), module.parameters().Last());
        Assert.Equal(3, module.get_buffer("table")!.numel());
        Assert.Null(module.get_parameter("nothing"));
    }

    [Fact]
    public void SharedParameter_CountsOnceButStandsTwiceInTheState()
    {
        var list = ModuleList(Linear(3, 3, hasBias: false), Linear(3, 3, hasBias: false));
        list[1].weight = list[0].weight;
        Assert.Single(list.parameters());
        Assert.Equal(["0.weight", "1.weight"], list.state_dict().Keys);
    }

    [Fact]
    public void LoadStateDict_OfAnotherModule_CopiesEveryValue()
    {
        var (a, b) = (new Outer(), new Outer());
        Assert.False(allclose(a.parameters().Last(), b.parameters().Last()));
        b.load_state_dict(a.state_dict());
        Assert.All(a.state_dict().Zip(b.state_dict()), p => Assert.True(allclose(p.First.Value, p.Second.Value)));
    }

    [Fact]
    public void LoadStateDict_WithWrongKeysOrShapes_IsRefused()
    {
        var module = Linear(3, 2);
        var state = new Dictionary<string, Tensor> { ["weight"] = zeros(2, 3), ["other"] = zeros(2) };
        var exception = Assert.Throws<InvalidOperationException>(() => module.load_state_dict(state));
        Assert.Contains("missing [bias], unexpected [other]", exception.Message, StringComparison.Ordinal);
        var (missing, unexpected) = module.load_state_dict(state, strict: false);
        Assert.Equal(["bias"], missing);
        Assert.Equal(["other"], unexpected);
        Assert.Equal(0, module.weight.abs().sum().item<float>());
        Assert.Throws<ArgumentException>(() => module.load_state_dict(new() { ["weight"] = zeros(3, 2), ["bias"] = zeros(2) }));
    }

    [Fact]
    public void Register_OfATakenOrBadName_IsRefused()
    {
        var module = new Outer();
        Assert.Throws<InvalidOperationException>(() => module.register_module("layers", Linear(1, 1)));
        Assert.Throws<InvalidOperationException>(() => module.register_buffer("table", zeros(1)));
        Assert.Throws<InvalidOperationException>(() => module.register_parameter("gain", new Parameter(zeros(1))));
        Assert.Throws<ArgumentException>(() => module.register_module("a.b", Linear(1, 1)));
        module.register_buffer("cache", zeros(1), persistent: false);
        Assert.Equal(["table", "cache"], module.named_buffers().Select(b => b.name));
        Assert.DoesNotContain("cache", module.state_dict().Keys);
    }

    [Fact]
    public void TrainAndEval_ReachEveryChild()
    {
        var module = new Outer();
        Assert.All(module.modules(), m => Assert.True(m.training));
        module.eval();
        Assert.All(module.modules().Append(module), m => Assert.False(m.training));
        module.train();
        Assert.All(module.modules().Append(module), m => Assert.True(m.training));
        var count = 0;
        module.apply(_ => count++);
        Assert.Equal(6, count);
    }

    [Fact]
    public void To_AnotherType_ConvertsParametersAndFloatingBuffers()
    {
        var module = new Outer().to(ScalarType.Float64);
        Assert.All(module.parameters(), p => Assert.Equal((ScalarType.Float64, true), (p.dtype, p.requires_grad)));
        Assert.Equal(ScalarType.Int64, module.get_buffer("table")!.dtype);
        Assert.Equal(ScalarType.Float64, module.call(zeros(2, 3, ScalarType.Float64)).dtype);
        module.to(CPU).to("cpu").to(DeviceType.CPU).to(CPU, ScalarType.Float32).to(zeros(1)).cpu();
        Assert.All(module.parameters(), p => Assert.Equal((ScalarType.Float32, true), (p.dtype, p.is_leaf)));
    }

    [Fact]
    public void ZeroGrad_ClearsOrZeroes()
    {
        var module = new Outer();
        module.call(ones(2, 3)).sum().backward();
        Assert.All(module.parameters(), p => Assert.NotNull(p.grad));
        module.zero_grad(set_to_none: false);
        Assert.All(module.parameters(), p => Assert.Equal(0, p.grad!.abs().sum().item<float>()));
        module.zero_grad();
        Assert.All(module.parameters(), p => Assert.Null(p.grad));
    }

    [Fact]
    public void Dispose_OfAModule_DisposesEverythingInIt()
    {
        var module = new Outer();
        var tensors = module.state_dict().Values.ToList();
        module.Dispose();
        Assert.All(tensors, t => Assert.True(t.IsInvalid));
    }

    [Fact]
    public void Parameter_OfATensor_TakesItOver()
    {
        var data = ones(3);
        var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.Equal((true, true, 3f), (parameter.requires_grad, parameter.is_leaf, parameter.sum().item<float>()));
        Assert.False(new Parameter(ones(1), requires_grad: false).requires_grad);
    }

    [Fact]
    public void Sequential_RunsItsStepsInOrder()
    {
        var sequential = Sequential([("in", Linear(3, 4)), ("act", SiLU())]).append(Linear(4, 1));
        Assert.Equal(["in.weight", "in.bias", "2.weight", "2.bias"], sequential.state_dict().Keys);
        Assert.Equal(3, sequential.Count);
        using var scope = NewDisposeScope();
        Assert.Equal([2, 1], sequential.call(ones(2, 3)).shape);
        Assert.Equal(2, scope.DisposablesCount);
        Assert.Equal(2, Sequential(SiLU(), GELU()).Count);
    }

    [Fact]
    public void ModuleList_Changed_RenumbersItsChildren()
    {
        var list = ModuleList(Linear(1, 1, hasBias: false), Linear(2, 2, hasBias: false));
        list.Insert(0, Linear(3, 3, hasBias: false));
        list.append(Linear(4, 4, hasBias: false));
        list[1] = Linear(5, 5, hasBias: false);
        Assert.Equal([("0", 3), ("1", 5), ("2", 2), ("3", 4)], list.named_parameters().Select(p => (p.name[..1], p.parameter.size(0))));
        Assert.Equal(4, list.Count);
    }

    [Fact]
    public void Layers_MadeByTheFactories_HaveTheirShapesAndValues()
    {
        var embedding = Embedding(5, 3, padding_idx: 2);
        Assert.Equal(0, embedding.weight![2].abs().sum().item<float>());
        Assert.True(allclose(embedding.call(tensor(new[] { 1L, 2 })), embedding.weight.index_select(0, tensor(new[] { 1L, 2 }))));
        Assert.Equal([2, 6, 8], Conv1d(4, 6, 3, padding: 1, groups: 2).call(ones(2, 4, 8)).shape);
        var linear = Linear(3, 2);
        Assert.Equal((3, 2), (linear.in_features, linear.out_features));
        Assert.Null(Linear(new Parameter(ones(2, 3))).bias);
        var norm = LayerNorm([3], bias: false);
        Assert.Equal(["weight"], norm.state_dict().Keys);
        norm.weight.requires_grad_(false).fill_(5);
        norm.reset_parameters();
        Assert.Equal(3, norm.weight.sum().item<float>());
        Assert.Empty(LayerNorm(3, elementwise_affine: false).state_dict());
    }

    private sealed class Outer : Module<Tensor, Tensor>
    {
        private readonly Linear _plain = Linear(3, 3);
        [ComponentName(Name = "renamed")]
        private readonly Linear _head = Linear(3, 3, hasBias: false);
        private readonly ModuleList<Linear> layers = ModuleList(Linear(3, 3, hasBias: false), Linear(3, 3, hasBias: false));
        private readonly Tensor table = arange(3);
        private readonly Parameter gain = new(ones(3));

        public Outer()
            : base("outer") => RegisterComponents();

        public override Tensor forward(Tensor input) => layers.Aggregate(_head.call(_plain.call(input)), (x, layer) => layer.call(x)) * gain + table;
    }
}
