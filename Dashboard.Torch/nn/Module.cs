using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module : IDisposable
        {
            private readonly string _name;
            private readonly Dictionary<string, Parameter?> _parameters = [];
            private readonly Dictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];
            private readonly Dictionary<string, Module> _modules = [];
            private bool _registered;
            private bool _disposed;

            protected Module(string name) => _name = name;

            public virtual bool training { get; private set; } = true;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children())
                {
                    child.apply(fn);
                }

                fn(this);
                return this;
            }

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var child in children())
                {
                    child.train(train);
                }
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    parameter.ZeroGrad(set_to_none);
                }
            }

            public virtual string GetName() => _name;

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckName(name);
                if (!_buffers.TryAdd(name, (tensor, persistent)))
                {
                    throw new InvalidOperationException($"Buffer {name} is already registered with {GetName()}.");
                }
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                CheckName(name);
                if (!_parameters.TryAdd(name, param))
                {
                    throw new InvalidOperationException($"Parameter {name} is already registered with {GetName()}.");
                }
            }

            public virtual void register_module(string name, Module submodule)
            {
                CheckName(name);
                ArgumentNullException.ThrowIfNull(submodule);
                if (!_modules.TryAdd(name, submodule))
                {
                    throw new InvalidOperationException($"Sub-module {name} is already registered with {GetName()}.");
                }

                submodule.RegisterComponents();
            }

            /// <summary>Registers the fields that hold modules, parameters and tensors under their component name, or else under the name of the field.</summary>
            protected virtual void RegisterComponents()
            {
                if (_registered)
                {
                    return;
                }

                _registered = true;
                foreach (var field in GetType().GetFields(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance))
                {
                    var name = NameOf(field);
                    if (_modules.ContainsKey(name) || _parameters.ContainsKey(name) || _buffers.ContainsKey(name))
                    {
                        continue;
                    }

                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(name, module);
                            break;
                        case Parameter parameter:
                            register_parameter(name, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(name, tensor);
                            break;
                    }
                }
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed)
                {
                    return;
                }

                _disposed = true;
                foreach (var tensor in _parameters.Values.Concat(_buffers.Values.Select(b => b.Tensor)))
                {
                    tensor?.Dispose();
                }

                foreach (var module in _modules.Values)
                {
                    module.Dispose();
                }
            }

            /// <summary>Converts parameters and buffers where they are: the objects stay, so that an optimizer made before still knows them.</summary>
            internal void Convert(ScalarType? type, Device? device, bool nonBlocking)
            {
                if (device is not null)
                {
                    InitializeDeviceType(device.type);
                }

                using var noGrad = no_grad();
                foreach (var parameter in _parameters.Values)
                {
                    if (parameter is not null)
                    {
                        var needed = parameter.requires_grad;
                        parameter.Replace(parameter.ConvertedHandle(type, device, false, nonBlocking));
                        parameter.requires_grad = needed;
                    }
                }

                foreach (var (buffer, _) in _buffers.Values)
                {
                    buffer.Replace(buffer.ConvertedHandle(IsFloatingPoint(buffer.dtype) ? type : null, device, false, nonBlocking));
                }

                foreach (var child in children())
                {
                    child.Convert(type, device, nonBlocking);
                }
            }

            /// <summary>For a module that keeps its parameters in the registry alone, so that a replaced one is found under its name.</summary>
            private protected Parameter? Own(string name) => _parameters.GetValueOrDefault(name);

            private protected void SetOwn(string name, Parameter? parameter) => _parameters[name] = parameter;

            private protected void ClearModules() => _modules.Clear();

            private static bool IsFloatingPoint(ScalarType type) => type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

            private static string NameOf(FieldInfo field)
            {
                var named = field.GetCustomAttribute<ComponentNameAttribute>()?.Name;
                if (named is not null || field.GetCustomAttribute<CompilerGeneratedAttribute>() is null || !field.Name.StartsWith('<'))
                {
                    return named ?? field.Name;
                }

                var property = field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
                return field.DeclaringType!.GetProperty(property, BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance)
                    ?.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
            }

            private void CheckName(string name)
            {
                if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal))
                {
                    throw new ArgumentException($"\"{name}\" cannot name a component of {GetName()}: it must have letters and no dot.", nameof(name));
                }
            }
        }
    }
}
