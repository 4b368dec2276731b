using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }

        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }

        public abstract class Optimizer : IDisposable
        {
            private protected Optimizer()
            {
            }

            public virtual IEnumerable<ILearningRateController> ParamGroups => Groups;

            private protected List<ParamGroup> Groups { get; } = [];

            public void Dispose()
            {
                FreeState();
                GC.SuppressFinalize(this);
            }

            public virtual void zero_grad()
            {
                foreach (var parameter in parameters())
                {
                    parameter.ZeroGrad(setToNone: false);
                }
            }

            public virtual void add_param_group(ParamGroup param_group) => Groups.Add(param_group);

            /// <summary>Evaluates the closure with gradients; a derived class then changes the parameters.</summary>
            public virtual Tensor? step(Func<Tensor>? closure = null)
            {
                if (closure is null)
                {
                    return null;
                }

                using var grad = enable_grad();
                return closure();
            }

            public virtual IEnumerable<Parameter> parameters() => Groups.SelectMany(g => g.Parameters);

            private protected abstract void FreeState();
        }
    }
}
