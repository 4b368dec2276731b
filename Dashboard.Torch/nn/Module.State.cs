using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (name, (tensor, persistent)) in _buffers)
                {
                    if (persistent || include_nonpersistent)
                    {
                        yield return (name, tensor);
                    }
                }

                foreach (var (prefix, child) in recurse ? named_children() : [])
                {
                    foreach (var (name, tensor) in child.named_buffers(true, include_nonpersistent))
                    {
                        yield return ($"{prefix}.{name}", tensor);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
                => named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules.Select(m => (m.Key, m.Value));

            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var (name, child) in named_children())
                {
                    yield return (name, child);
                    foreach (var (inner, module) in child.named_modules())
                    {
                        yield return ($"{name}.{inner}", module);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual IEnumerable<Module> children() => named_children().Select(m => m.module);

            /// <summary>Own parameters first, then those of the children in the order of their registration; a parameter shared by two modules comes once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>();
                return AllParameters(recurse).Where(p => seen.Add(p.parameter));
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(b => b.name == target).buffer;

            public virtual Parameter? get_parameter(string target) => AllParameters(true).FirstOrDefault(p => p.name == target).parameter;

            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in AllParameters(true))
                {
                    destination.TryAdd(Join(prefix, name), parameter);
                }

                foreach (var (name, buffer) in named_buffers(true, false))
                {
                    destination.TryAdd(Join(prefix, name), buffer);
                }

                return destination;
            }

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var own = state_dict();
                var skipped = skip ?? [];
                var missing = own.Keys.Except(source.Keys).Except(skipped).ToList();
                var unexpected = source.Keys.Except(own.Keys).Except(skipped).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"The state does not fit {GetName()}: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                }

                using var noGrad = no_grad();
                foreach (var (name, tensor) in own)
                {
                    if (!skipped.Contains(name) && source.TryGetValue(name, out var value))
                    {
                        CopyState(name, tensor, value);
                    }
                }

                return (missing, unexpected);
            }

            private static void CopyState(string name, Tensor target, Tensor value)
            {
                if (!target.shape.AsSpan().SequenceEqual(value.shape))
                {
                    throw new ArgumentException($"{name} has the shape [{string.Join(", ", target.shape)}], the state gives [{string.Join(", ", value.shape)}].");
                }

                target.copy_(value);
            }

            private static string Join(string? prefix, string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";

            private IEnumerable<(string name, Parameter parameter)> AllParameters(bool recurse)
            {
                foreach (var (name, parameter) in _parameters)
                {
                    if (parameter is not null)
                    {
                        yield return (name, parameter);
                    }
                }

                foreach (var (prefix, child) in recurse ? named_children() : [])
                {
                    foreach (var (name, parameter) in child.AllParameters(true))
                    {
                        yield return ($"{prefix}.{name}", parameter);
                    }
                }
            }
        }
    }
}
