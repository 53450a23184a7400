// gitops-health reads objects from its standard input, as YAML or JSON, and prints for each what the tools of GitOps make of it, in one line:
//
//	KSTATUS FLUX ARGO MESSAGE
//
// KSTATUS is what kstatus computes, the library by which Flux and Helm 4 wait. FLUX is what the healthCheckExprs of a Kustomization of Flux come to, by the
// library of kustomize-controller. ARGO is what a health script of Argo CD returns, with its message, in the interpreter that Argo CD has.
//
//	gitops-health KUSTOMIZATION.yaml HEALTH.lua <OBJECTS
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gitops-health KUSTOMIZATION.yaml HEALTH.lua <OBJECTS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gitops-health:", err)
		os.Exit(1)
	}
}

func run(kustomization, script string) error {
	evaluators, err := evaluators(kustomization)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(script)
	if err != nil {
		return err
	}
	return each(os.Stdin, func(object *unstructured.Unstructured) error {
		computed, err := status.Compute(object)
		if err != nil {
			return err
		}
		flux := computed
		if evaluator, ok := evaluators[object.GetAPIVersion()+" "+object.GetKind()]; ok {
			if flux, err = evaluator.Evaluate(context.Background(), object); err != nil {
				return err
			}
		}
		argo, message, err := argo(object, string(text))
		if err != nil {
			return err
		}
		fmt.Println(computed.Status, flux.Status, argo, message)
		return nil
	})
}

// each calls with every document of a stream.
func each(stream io.Reader, with func(*unstructured.Unstructured) error) error {
	decoder := yaml.NewYAMLOrJSONDecoder(stream, 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := with(object); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
}

// evaluators are those of all Kustomizations in a file, by apiVersion and kind.
func evaluators(file string) (map[string]*cel.StatusEvaluator, error) {
	stream, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	found := map[string]*cel.StatusEvaluator{}
	err = each(stream, func(object *unstructured.Unstructured) error {
		checks, _, err := unstructured.NestedSlice(object.Object, "spec", "healthCheckExprs")
		if err != nil {
			return err
		}
		for _, check := range checks {
			var typed kustomize.CustomHealthCheck
			fields, ok := check.(map[string]any)
			if !ok {
				return fmt.Errorf("spec.healthCheckExprs: %v is no object", check)
			}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(fields, &typed, true); err != nil {
				return err
			}
			evaluator, err := cel.NewStatusEvaluator(&typed.HealthCheckExpressions)
			if err != nil {
				return err
			}
			found[typed.APIVersion+" "+typed.Kind] = evaluator
		}
		return nil
	})
	return found, err
}

// argo runs a script with the libraries that Argo CD opens for one, but for the part of `os` that it leaves.
func argo(object *unstructured.Unstructured, script string) (health, message string, err error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}} {
		open := lua.P{Fn: state.NewFunction(library.open), Protect: true}
		if err := state.CallByParam(open, lua.LString(library.name)); err != nil {
			return "", "", err
		}
	}
	limit, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(limit)
	state.SetGlobal("obj", value(state, object.Object))
	if err := state.DoString(script); err != nil {
		return "", "", err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", "", fmt.Errorf("the script returns a %s, not a table", state.Get(-1).Type())
	}
	return lua.LVAsString(table.RawGetString("status")), lua.LVAsString(table.RawGetString("message")), nil
}

// value is what JSON says, in Lua.
func value(state *lua.LState, json any) lua.LValue {
	switch it := json.(type) {
	case bool:
		return lua.LBool(it)
	case string:
		return lua.LString(it)
	case int64:
		return lua.LNumber(it)
	case float64:
		return lua.LNumber(it)
	case []any:
		table := state.CreateTable(len(it), 0)
		for _, item := range it {
			table.Append(value(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(it))
		for key, item := range it {
			table.RawSetString(key, value(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}
