{{- define "finobs.tag" -}}{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}

{{- define "finobs.labels" -}}
app.kubernetes.io/part-of: finobs
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "finobs.operator.selector" -}}
app.kubernetes.io/name: finobs-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "finobs.dataPlane.selector" -}}
app.kubernetes.io/name: finobs-data-plane
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Non-root, nothing writable but what is mounted, no capability: the restricted Pod Security Standard. */}}
{{- define "finobs.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "finobs.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "finobs.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}
