using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class AdamW : OptimizerHelper, optim.IBetas
{
    private readonly Options _defaults;
    private readonly Dictionary<Parameter, OptimizerState> _state = [];

    public AdamW(
        IEnumerable<Parameter> parameters,
        double lr = 0.001,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-08,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false)
        : this([new ParamGroup(parameters, null!)], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(
        IEnumerable<ParamGroup> parameters,
        double lr = 0.001,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-08,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false)
    {
        _defaults = Options.Checked(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        foreach (var group in parameters)
        {
            add_param_group(group);
        }
    }

    public (double, double) Betas
    {
        get => (_defaults.beta1!.Value, _defaults.beta2!.Value);
        set
        {
            _defaults.SetBetas(value);
            foreach (var group in Groups)
            {
                ((Options)group.Options).SetBetas(value);
            }
        }
    }

    /// <summary>Parameters without a gradient stay as they are, and their step is not counted.</summary>
    public override Tensor? step(Func<Tensor>? closure = null)
    {
        var loss = base.step(closure);
        foreach (var group in Groups)
        {
            Step(group.Parameters, (Options)group.Options);
        }

        return loss;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        param_group.Options ??= new Options();
        var options = (Options)param_group.Options;
        options.FillFrom(_defaults);
        param_group.Parameters = [.. param_group.Parameters];
        base.add_param_group(param_group);
        foreach (var parameter in param_group.Parameters)
        {
            if (!_state.TryAdd(parameter, new OptimizerState(parameter, options.amsgrad == true ? 3 : 2)))
            {
                throw new ArgumentException("A parameter stands twice in the optimizer.", nameof(param_group));
            }
        }
    }

    private protected override void SaveState(BinaryWriter writer)
    {
        foreach (var group in Groups)
        {
            ((Options)group.Options).Save(writer);
        }

        foreach (var parameter in parameters())
        {
            _state[parameter].Save(writer);
        }
    }

    private protected override void LoadState(BinaryReader reader)
    {
        foreach (var group in Groups)
        {
            ((Options)group.Options).Load(reader);
        }

        foreach (var parameter in parameters())
        {
            _state[parameter].Load(reader);
        }
    }

    private protected override void FreeState()
    {
        foreach (var state in _state.Values)
        {
            state.Dispose();
        }
    }

    private unsafe void Step(IEnumerable<Parameter> parameters, Options options)
    {
        var amsgrad = options.amsgrad == true;
        using var arrays = new StepArrays(parameters, p => _state[p], amsgrad ? 3 : 2);
        var settings = options.Native;
        fixed (nint* values = arrays.Parameters, grads = arrays.Grads, first = arrays.Moments[0], second = arrays.Moments[1], largest = amsgrad ? arrays.Moments[2] : null)
        fixed (long* steps = arrays.Steps)
        {
            NativeMethods.Check(NativeMethods.xb_adamw_step(values, grads, first, second, largest, steps, arrays.Steps.Length, &settings));
        }

        GC.KeepAlive(parameters);
    }

    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        internal bool? amsgrad;
        internal bool? maximize;

        internal NativeAdamW Native => new()
        {
            LearningRate = LearningRate!.Value,
            Beta1 = beta1!.Value,
            Beta2 = beta2!.Value,
            Epsilon = eps!.Value,
            WeightDecay = weight_decay!.Value,
            Maximize = maximize == true ? 1 : 0,
        };

        internal static Options Checked(double lr, double beta1, double beta2, double eps, double weightDecay, bool amsgrad, bool maximize)
        {
            Require(lr >= 0, nameof(lr), lr, "at least 0");
            Require(beta1 is >= 0 and < 1, nameof(beta1), beta1, "at least 0 and less than 1");
            Require(beta2 is >= 0 and < 1, nameof(beta2), beta2, "at least 0 and less than 1");
            Require(eps >= 0, nameof(eps), eps, "at least 0");
            Require(weightDecay >= 0, "weight_decay", weightDecay, "at least 0");
            return new Options
            {
                LearningRate = lr,
                InitialLearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weightDecay,
                amsgrad = amsgrad,
                maximize = maximize,
            };
        }

        internal void FillFrom(Options other)
        {
            LearningRate ??= other.LearningRate;
            InitialLearningRate ??= LearningRate;
            beta1 ??= other.beta1;
            beta2 ??= other.beta2;
            eps ??= other.eps;
            weight_decay ??= other.weight_decay;
            amsgrad ??= other.amsgrad;
            maximize ??= other.maximize;
        }

        internal void SetBetas((double Beta1, double Beta2) betas) => (beta1, beta2) = betas;

        internal void Save(BinaryWriter writer)
        {
            foreach (var value in new[] { LearningRate, InitialLearningRate, beta1, beta2, eps, weight_decay })
            {
                writer.Write(value!.Value);
            }
        }

        internal void Load(BinaryReader reader)
        {
            LearningRate = reader.ReadDouble();
            InitialLearningRate = reader.ReadDouble();
            beta1 = reader.ReadDouble();
            beta2 = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
        }

        private static void Require(bool holds, string name, double value, string rule)
        {
            if (!holds)
            {
                throw new ArgumentException($"{name} is {value}; it must be {rule}.");
            }
        }
    }

    public class ParamGroup : ParamGroup<Options>, optim.IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(
            IEnumerable<Parameter> parameters,
            double lr = 0.001,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-08,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false)
            : base(parameters, Modules.AdamW.Options.Checked(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize))
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1 ?? double.NaN, Options.beta2 ?? double.NaN);
            set => Options.SetBetas(value);
        }
    }
}
